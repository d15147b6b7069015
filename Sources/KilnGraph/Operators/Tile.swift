/// Repeats a tensor along each axis. Source: ONNX Tile.
public struct Tile: Operator, Hashable {
  /// How often, one entry an axis.
  public var repeats: [Int]

  /// Makes a tiling.
  public init(_ repeats: [Int]) { self.repeats = repeats }

  public var name: String { "Tile" }

  public var details: String { "\(repeats)" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(entries: repeats.count, "the list of repeats")
    return [try .checked(input.scalar, zip(input.shape, repeats).map { saturatingProduct($0, $1) })]
  }

  public func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
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
