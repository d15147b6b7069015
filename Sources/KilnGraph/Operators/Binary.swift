/// A function of two numbers, applied to two tensors that are broadcast against each other as in NumPy.
///
/// Source: ONNX Add, Sub, Mul, Div, Pow, Min, Max, Mod, PRelu, the comparisons, the logical and the bitwise operators;
/// the importer turns operators with more operands (Sum, Max, Min, Mean) into chains of these.
public struct Binary: Operator, Hashable {
  /// The functions.
  public enum Function: Hashable, Sendable {
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
  }

  /// The function.
  public var function: Function

  /// Makes an elementwise operator.
  public init(_ function: Function) { self.function = function }

  public var name: String { function.name }
}
