/// A tensor seen as rows: the elements along some axes, taken together, for every index along the others.
struct Rows {
  /// The rows, in row-major order over the axes that remain.
  let elements: [ArraySlice<Double>]
  private let type: TensorType
  private let permutation: [Int]

  init(_ tensor: Tensor, alongLast axes: [Int]) {
    type = tensor.type
    permutation = Tensor.permutation(moving: axes, toTheEndOf: tensor.type.rank)
    elements = rowsOf(tensor.transposed(permutation).doubles(), shape: tensor.shape, axes)
  }

  /// The tensor of the original type whose rows are these, each element rounded once.
  func tensor(_ rows: [[Double]]) -> Tensor {
    let moved = Tensor(shape: permutation.map { type.shape[$0] }, doubles: Array(rows.joined()), as: type.scalar)
    return moved.transposed(type.shape.indices.map { axis in permutation.firstIndex(of: axis) ?? axis })
  }
}

/// The same for integers.
struct IntegerRows {
  /// The rows, in row-major order over the axes that remain.
  let elements: [ArraySlice<Int>]

  init(_ tensor: Tensor, alongLast axes: [Int]) {
    let permutation = Tensor.permutation(moving: axes, toTheEndOf: tensor.type.rank)
    elements = rowsOf(tensor.transposed(permutation).integers(), shape: tensor.shape, axes)
  }
}

private func rowsOf<Element>(_ elements: [Element], shape: [Int], _ axes: [Int]) -> [ArraySlice<Element>] {
  let length = axes.reduce(1) { $0 * shape[$1] }
  let count = shape.reducing(axes, keeping: false).elementCount
  return (0..<count).map { elements[($0 * length)..<(($0 + 1) * length)] }
}
