/// Picks slices along an axis by index; a negative index counts from the end.
///
/// Operands: data, indices. Source: ONNX Gather.
package struct Gather: Operator, Hashable {
  /// The axis of the data, counted from the front.
  package var axis: Int

  /// Makes a gather.
  package init(axis: Int) { self.axis = axis }

  package var name: String { "Gather" }

  package var details: String { "axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let data = try inputs.operand(0, "data")
    let indices = try inputs.operand(1, "indices")
    try data.require(axis: axis)
    try indices.requireIndices("indices")
    return [try .checked(data.scalar, Array(data.shape[..<axis]) + indices.shape + data.shape[(axis + 1)...])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let data = try inputs.operand(0)
    let extent = data.shape[axis]
    let inner = data.shape[(axis + 1)...].reduce(1, *)
    let outer = data.shape[..<axis].reduce(1, *)
    var rows: [Int] = []
    for index in try inputs.operand(1).integers() {
      guard (-extent..<extent).contains(index) else {
        throw OperatorError("index \(index) is outside axis \(axis) of \(data.shape)")
      }
      rows.append((index < 0 ? index + extent : index) * inner)
    }
    let picked = data.gathering([(0..<outer).map { $0 * extent * inner }, rows, Array(0..<inner)])
    return [picked.reshaped(to: output.shape)]
  }
}

/// The operands of `Gather` in a node.
package enum GatherOperand {
  /// What is gathered from.
  package static let data = 0
  /// The places of what is gathered.
  package static let indices = 1
}
