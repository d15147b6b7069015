/// Repeats a tensor along each axis.
///
/// Source: ONNX Tile.
package struct Tile: Operator, Hashable {
  /// How often, one entry an axis.
  package var repeats: [Int]

  /// Makes a tiling.
  package init(_ repeats: [Int]) { self.repeats = repeats }

  package var name: String { "Tile" }

  package var details: String { "\(repeats)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(entries: repeats.count, "the list of repeats")
    return [try .checked(input.scalar, zip(input.shape, repeats).map { saturatingProduct($0, $1) })]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.operand(0)
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0].shape
    let strides = input.shape.rowMajorStrides
    return [
      input.gathering(
        output.indices.map { axis in (0..<output[axis]).map { $0 % input.shape[axis] * strides[axis] } })
    ]
  }
}
