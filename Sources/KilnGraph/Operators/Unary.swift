/// A function of one number applied to every element.
package struct Unary: Operator, Hashable {
  /// The function.
  package var function: ScalarFunction

  /// Makes an elementwise operator.
  package init(_ function: ScalarFunction) { self.function = function }

  package var name: String { function.name }

  package var details: String {
    switch function {
    case .clip(let lower, let upper): "\(lower) to \(upper)"
    case .leakyReLU(let slope): "slope \(slope)"
    default: ""
    }
  }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    switch function {
    case .not: try input.require(.bool, "the input")
    case .relu, .clip, .absolute, .negate, .sign:
      guard input.scalar != .bool else { throw OperatorError("the input is bool") }
    default: try input.requireFloatingPoint("the input")
    }
    return [TensorType(function.isPredicate ? .bool : input.scalar, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(0)
    if input.scalar.isFloatingPoint || input.scalar == .bool {
      return [Tensor(shape: output.shape, doubles: input.doubles().map { function($0) }, as: output.scalar)]
    }
    let order = IntegerOrder(input.scalar)
    return [
      Tensor(shape: output.shape, integers: input.integers().map { apply(toInteger: $0, order) }, as: output.scalar)
    ]
  }

  /// The functions that integers have; the others are refused by the shape rule.
  private func apply(toInteger x: Int, _ order: IntegerOrder) -> Int {
    switch function {
    case .relu: order.isLess(x, 0) ? 0 : x
    case .absolute: order.isLess(x, 0) ? 0 &- x : x
    case .negate: 0 &- x
    case .sign: x == 0 ? 0 : order.isLess(x, 0) ? -1 : 1
    case .clip(let lower, let upper): order.minimum(order.maximum(x, order.bound(lower)), order.bound(upper))
    default: x
    }
  }
}
