/// Picks from two tensors by a third, all broadcast against each other: `condition ? a : b`.
///
/// Source: ONNX Where.
package struct Select: Operator, Hashable {
  /// Makes the operator.
  package init() {}

  package var name: String { "Where" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let condition = try inputs.operand(0, "condition")
    let first = try inputs.operand(1, "X")
    let second = try inputs.operand(2, "Y")
    try condition.require(.bool, "the condition")
    try second.require(first.scalar, "the second choice")
    let shape = try condition.shape.broadcast(with: try first.shape.broadcast(with: second.shape))
    return [try .checked(first.scalar, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let condition = try inputs.operand(0).broadcast(to: output.shape).integers()
    let choices = [try inputs.operand(2), try inputs.operand(1)].map { $0.broadcast(to: output.shape) }
    // Both choices one after the other: element i of the second choice is at i, of the first at count + i.
    let count = output.elementCount
    let both = try Concat(axis: 0).evaluate(choices.map { $0.reshaped(to: [count]) })[0]
    let picked = both.gathering([condition.indices.map { condition[$0] * count + $0 }])
    return [picked.reshaped(to: output.shape)]
  }
}
