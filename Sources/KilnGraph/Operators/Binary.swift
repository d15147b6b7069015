/// A function of two numbers, applied to two tensors that are broadcast against each other as in NumPy.
///
/// Source: ONNX Add, Sub, Mul, Div, Pow, Min, Max, Mod, PRelu, the comparisons, the logical and the bitwise operators;
/// the importer turns operators with more operands (Sum, Max, Min, Mean) into chains of these.
package struct Binary: Operator, Hashable {
  /// The functions.
  package enum Function: Hashable, Sendable {
    case add, subtract, multiply, divide, power, minimum, maximum
    /// The remainder with the divisor's sign (Python's `%`).
    case modulo
    /// The remainder with the dividend's sign (C's `fmod`).
    case remainder
    /// `x` where positive, `slope * x` elsewhere, the slope being the second operand.
    case parametricReLU
    case equal, less, lessOrEqual, greater, greaterOrEqual
    case and, or, exclusiveOr
    case bitwiseAnd, bitwiseOr, bitwiseExclusiveOr, shiftLeft, shiftRight

    /// ONNX's name of the function.
    package var name: String {
      switch self {
      case .add: "Add"
      case .subtract: "Sub"
      case .multiply: "Mul"
      case .divide: "Div"
      case .power: "Pow"
      case .minimum: "Min"
      case .maximum: "Max"
      case .modulo, .remainder: "Mod"
      case .parametricReLU: "PRelu"
      case .equal: "Equal"
      case .less: "Less"
      case .lessOrEqual: "LessOrEqual"
      case .greater: "Greater"
      case .greaterOrEqual: "GreaterOrEqual"
      case .and: "And"
      case .or: "Or"
      case .exclusiveOr: "Xor"
      case .bitwiseAnd: "BitwiseAnd"
      case .bitwiseOr: "BitwiseOr"
      case .bitwiseExclusiveOr: "BitwiseXor"
      case .shiftLeft, .shiftRight: "BitShift"
      }
    }
  }

  /// The function.
  package var function: Function

  /// Makes an elementwise operator.
  package init(_ function: Function) { self.function = function }

  package var name: String { function.name }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let left = try inputs.operand(0, "A")
    let right = try inputs.operand(1, "B")
    // The exponent of a power may have a type of its own.
    if function != .power { try right.require(left.scalar, "the second operand") }
    let shape = try left.shape.broadcast(with: right.shape)
    switch function {
    case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum, .modulo, .remainder, .parametricReLU:
      guard left.scalar != .bool, right.scalar != .bool else { throw OperatorError("the operands are bool") }
      return [try .checked(left.scalar, shape)]
    case .equal:
      return [try .checked(.bool, shape)]
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard left.scalar != .bool else { throw OperatorError("the operands are bool") }
      return [try .checked(.bool, shape)]
    case .and, .or, .exclusiveOr:
      try left.require(.bool, "the first operand")
      return [try .checked(.bool, shape)]
    case .bitwiseAnd, .bitwiseOr, .bitwiseExclusiveOr, .shiftLeft, .shiftRight:
      guard !left.scalar.isFloatingPoint, left.scalar != .bool else {
        throw OperatorError("the operands are \(left.scalar.rawValue), not integers")
      }
      return [try .checked(left.scalar, shape)]
    }
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let left = try inputs.operand(0).broadcast(to: output.shape)
    let right = try inputs.operand(1).broadcast(to: output.shape)
    if left.scalar.isFloatingPoint || right.scalar.isFloatingPoint {
      let values = zip(left.doubles(), right.doubles()).map { apply($0, $1) }
      return [Tensor(shape: output.shape, doubles: values, as: output.scalar)]
    }
    let order = IntegerOrder(left.scalar)
    let values = zip(left.integers(), right.integers()).map { apply(toIntegers: $0, $1, order) }
    return [Tensor(shape: output.shape, integers: values, as: output.scalar)]
  }
}

/// The operands of `Binary` in a node.
package enum BinaryOperand {
  /// The first.
  package static let left = 0
  /// The second.
  package static let right = 1
}
