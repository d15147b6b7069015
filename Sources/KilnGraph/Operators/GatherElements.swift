/// Picks elements by index along one axis, each on its own: `y[i, j, k] = data[index[i, j, k], j, k]` for axis 0.
///
/// A negative index counts from the end. Operands: data, indices. Source: ONNX GatherElements 13.
package struct GatherElements: Operator, Hashable {
  /// The axis, counted from the front.
  package var axis: Int

  /// Makes the operator.
  package init(axis: Int) { self.axis = axis }

  package var name: String { "GatherElements" }

  package var details: String { "axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let data = try inputs.operand(0, "data")
    let indices = try inputs.operand(1, "indices")
    try requireElementIndices(indices, in: data, axis: axis)
    return [TensorType(data.scalar, indices.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let data = try inputs.operand(0)
    let places = try elementPlaces(try inputs.operand(1), in: data.shape, axis: axis)
    return [data.gathering([places]).reshaped(to: output.shape)]
  }
}

/// Throws unless `indices` can name elements of `data` along `axis`: the same rank, and no larger along other axes.
func requireElementIndices(_ indices: TensorType, in data: TensorType, axis: Int) throws(OperatorError) {
  try data.require(axis: axis)
  try indices.requireIndices("indices")
  guard
    indices.rank == data.rank, data.shape.indices.allSatisfy({ $0 == axis || indices.shape[$0] <= data.shape[$0] })
  else { throw OperatorError("indices of \(indices.shape) don't fit data of \(data.shape)") }
}

/// The place, in the flattened data, that each element of `indices` names along `axis`.
func elementPlaces(_ indices: Tensor, in shape: [Int], axis: Int) throws(OperatorError) -> [Int] {
  let strides = shape.rowMajorStrides
  let extent = shape[axis]
  var places: [Int] = []
  for (number, index) in indices.integers().enumerated() {
    guard (-extent..<extent).contains(index) else {
      throw OperatorError("index \(index) is outside axis \(axis) of \(shape)")
    }
    var place = (index < 0 ? index + extent : index) * strides[axis]
    var rest = number
    for other in shape.indices.reversed() {
      if other != axis { place += rest % indices.shape[other] * strides[other] }
      rest /= indices.shape[other]
    }
    places.append(place)
  }
  return places
}

/// The operands of operators that take single elements or slices from where indices say, or put them there.
package enum IndexedOperand {
  /// What the indices name places of.
  package static let data = 0
  /// The places.
  package static let indices = 1
  /// What is put there.
  package static let updates = 2
}
