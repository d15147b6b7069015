/// A function of one number applied to every element.
public struct Unary: Operator, Hashable {
  /// The function.
  public var function: ScalarFunction

  /// Makes an elementwise operator.
  public init(_ function: ScalarFunction) { self.function = function }

  public var name: String { function.name }
}
