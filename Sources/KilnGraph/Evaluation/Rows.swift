/// A tensor seen as rows: the elements along some axes, taken together, for every index along the others.
struct Rows<Element> {
  /// The rows, in row-major order over the axes that remain.
  let elements: [ArraySlice<Element>]
  private let type: TensorType
  private let permutation: [Int]

  private init(_ type: TensorType, alongLast axes: [Int], elements: (_ permutation: [Int]) -> [Element]) {
    self.type = type
    permutation = Tensor.permutation(moving: axes, toTheEndOf: type.rank)
    let all = elements(permutation)
    let length = axes.reduce(1) { $0 * type.shape[$1] }
    let count = type.shape.reducing(axes, keeping: false).elementCount
    self.elements = (0..<count).map { all[($0 * length)..<(($0 + 1) * length)] }
  }

  /// The tensor whose rows are these, joined; their length may differ from that of the rows the tensor was made of.
  private func restore(_ rows: [[Element]], make: ([Int], [Element]) -> Tensor) -> Tensor {
    var shape = permutation.map { type.shape[$0] }
    if let length = rows.first?.count, shape.last != nil, elements.first?.count != length {
      shape[shape.count - 1] = length
    }
    let axes = type.shape.indices.map { axis in permutation.firstIndex(of: axis) ?? axis }
    return make(shape, Array(rows.joined())).transposed(axes)
  }
}

extension Rows<Double> {
  /// The rows of floating-point numbers.
  init(_ tensor: Tensor, alongLast axes: [Int]) {
    self.init(tensor.type, alongLast: axes) { tensor.transposed($0).doubles() }
  }

  /// A tensor with these rows in the axes' places, each element rounded once.
  func tensor(_ rows: [[Double]]) -> Tensor {
    restore(rows) { Tensor(shape: $0, doubles: $1, as: type.scalar) }
  }
}

extension Rows<Int> {
  /// The rows of integers.
  init(_ tensor: Tensor, alongLast axes: [Int]) {
    self.init(tensor.type, alongLast: axes) { tensor.transposed($0).integers() }
  }

  /// A tensor with these rows in the axes' places, of the original type or another.
  func tensor(_ rows: [[Int]], as scalar: ScalarType? = nil) -> Tensor {
    restore(rows) { Tensor(shape: $0, integers: $1, as: scalar ?? type.scalar) }
  }
}
