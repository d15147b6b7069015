/// Picks from two tensors by a third, all broadcast against each other: `condition ? a : b`. Source: ONNX Where.
public struct Select: Operator, Hashable {
  /// Makes the operator.
  public init() {}

  public var name: String { "Where" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let condition = try inputs.operand(0, "condition")
    let first = try inputs.operand(1, "X")
    let second = try inputs.operand(2, "Y")
    try condition.require(.bool, "the condition")
    try second.require(first.scalar, "the second choice")
    let shape = try condition.shape.broadcast(with: try first.shape.broadcast(with: second.shape))
    return [try .checked(first.scalar, shape)]
  }
}
