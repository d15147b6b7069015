/// Broadcasts a tensor to a larger shape, as NumPy does.
///
/// Source: ONNX Expand.
package struct Expand: Operator, Hashable {
  /// The dimensions of the result.
  package var shape: [Int]

  /// Makes an expansion.
  package init(to shape: [Int]) { self.shape = shape }

  package var name: String { "Expand" }

  package var details: String { "to \(shape)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    guard try input.shape.broadcast(with: shape) == shape else {
      throw OperatorError("the dimensions \(input.shape) don't expand to \(shape)")
    }
    return [try .checked(input.scalar, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    return [try inputs.operand(0).broadcast(to: shape)]
  }
}
