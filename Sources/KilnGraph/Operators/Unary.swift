/// A function of one number applied to every element.
public struct Unary: Operator, Hashable {
  /// The function.
  public var function: ScalarFunction

  /// Makes an elementwise operator.
  public init(_ function: ScalarFunction) { self.function = function }

  public var name: String { function.name }

  public var details: String {
    switch function {
    case .clip(let lower, let upper): "\(lower) to \(upper)"
    case .leakyReLU(let slope): "slope \(slope)"
    default: ""
    }
  }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
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
}
