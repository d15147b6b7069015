/// Picks elements or slices by index tuples: the last axis of the indices holds tuples that name leading axes of the
/// data, after `batchAxes` axes that both share.
///
/// Operands: data, indices. Source: ONNX GatherND 13.
package struct GatherND: Operator, Hashable {
  /// The number of leading axes that data and indices share.
  package var batchAxes: Int

  /// Makes the operator.
  package init(batchAxes: Int = 0) { self.batchAxes = batchAxes }

  package var name: String { "GatherND" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let data = try inputs.operand(0, "data")
    let indices = try inputs.operand(1, "indices")
    try requireIndexTuples(indices, in: data, batchAxes: batchAxes)
    let tupleLength = indices.shape[indices.rank - 1]
    return [try .checked(data.scalar, indices.shape.dropLast() + data.shape[(batchAxes + tupleLength)...])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let data = try inputs.operand(0)
    let (places, inner) = try tuplePlaces(try inputs.operand(1), in: data.shape, batchAxes: batchAxes)
    return [data.gathering([places, Array(0..<inner)]).reshaped(to: output.shape)]
  }
}

/// Throws unless the last axis of `indices` can name axes of `data` after `batchAxes` shared ones.
func requireIndexTuples(_ indices: TensorType, in data: TensorType, batchAxes: Int) throws(OperatorError) {
  try indices.requireIndices("indices")
  guard let tupleLength = indices.shape.last, batchAxes >= 0, batchAxes < indices.rank, batchAxes <= data.rank,
    indices.shape[..<batchAxes] == data.shape[..<batchAxes], (0...(data.rank - batchAxes)).contains(tupleLength)
  else {
    throw OperatorError("index tuples of \(indices.shape) don't fit data of \(data.shape) with \(batchAxes) batch axes")
  }
}

/// Where the slice that each tuple names begins in the flattened data, and how many elements each slice has.
func tuplePlaces(
  _ indices: Tensor, in shape: [Int], batchAxes: Int
) throws(OperatorError) -> (places: [Int], sliceCount: Int) {
  let tupleLength = indices.shape[indices.shape.count - 1]
  let sliceCount = shape[(batchAxes + tupleLength)...].reduce(1, *)
  let strides = shape.rowMajorStrides
  let tupleCount = indices.shape.dropLast().reduce(1, *)
  let batchCount = shape[..<batchAxes].reduce(1, *)
  let batchStride = shape[batchAxes...].reduce(1, *)
  let numbers = indices.integers()
  var places: [Int] = []
  for tuple in 0..<tupleCount {
    var place = tuple / (tupleCount / batchCount) * batchStride
    for position in 0..<tupleLength {
      let index = numbers[tuple * tupleLength + position]
      let axis = batchAxes + position
      guard (-shape[axis]..<shape[axis]).contains(index) else {
        throw OperatorError("index \(index) is outside axis \(axis) of \(shape)")
      }
      place += (index < 0 ? index + shape[axis] : index) * strides[axis]
    }
    places.append(place)
  }
  return (places, sliceCount)
}
