/// Picks slices along an axis by index; a negative index counts from the end. Operands: data, indices.
/// Source: ONNX Gather.
public struct Gather: Operator, Hashable {
  /// The axis of the data, counted from the front.
  public var axis: Int

  /// Makes a gather.
  public init(axis: Int) { self.axis = axis }

  public var name: String { "Gather" }

  public var details: String { "axis \(axis)" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let data = try inputs.operand(0, "data")
    let indices = try inputs.operand(1, "indices")
    try data.require(axis: axis)
    try indices.requireIndices("indices")
    return [try .checked(data.scalar, Array(data.shape[..<axis]) + indices.shape + data.shape[(axis + 1)...])]
  }
}
