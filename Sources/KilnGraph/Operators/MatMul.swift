/// A matrix product of two computed tensors, batched and broadcast as NumPy's `matmul`.
///
/// Source: ONNX MatMul; Gemm with a computed right operand becomes transpositions, this, and multiplications and
/// additions.
package struct MatMul: Operator, Hashable {
  /// Makes the operator.
  package init() {}

  package var name: String { "MatMul" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let left = try inputs.operand(0, "A")
    let right = try inputs.operand(1, "B")
    try right.require(left.scalar, "the right matrix")
    guard left.scalar != .bool else { throw OperatorError("the matrices are bool") }
    return [try .checked(left.scalar, try Self.outputShape(left.shape, right.shape))]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    guard let depth = inputs.optional(0)?.shape.last, let output = outputs.first else { return 0 }
    return saturatingProduct(output.elementCount, depth)
  }

  /// NumPy's rule: a one-dimensional operand is a row (left) or a column (right), whose axis vanishes from the result.
  static func outputShape(_ left: [Int], _ right: [Int]) throws(OperatorError) -> [Int] {
    guard let depth = left.last, !right.isEmpty else { throw OperatorError("a scalar is no matrix") }
    let rows = left.count > 1 ? [left[left.count - 2]] : []
    let columns = right.count > 1 ? [right[right.count - 1]] : []
    let rightDepth = right.count > 1 ? right[right.count - 2] : right[0]
    guard depth == rightDepth else { throw OperatorError("the matrices \(left) and \(right) don't fit") }
    return try Array(left.dropLast(2)).broadcast(with: Array(right.dropLast(2))) + rows + columns
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let left = try inputs.operand(0)
    let right = try inputs.operand(1)
    if output.scalar.isFloatingPoint {
      let sums = try Self.products(left.doubles(), left.shape, right.doubles(), right.shape)
      return [Tensor(shape: output.shape, doubles: sums, as: output.scalar)]
    }
    let sums = try Self.wrappingProducts(left.integers(), left.shape, right.integers(), right.shape)
    return [Tensor(shape: output.shape, integers: sums, as: output.scalar)]
  }

  /// The product in Float64.
  ///
  /// Precondition: `outputShape` accepts the shapes.
  static func products(
    _ left: [Double], _ leftShape: [Int], _ right: [Double], _ rightShape: [Int]
  ) throws(OperatorError) -> [Double] {
    let batches = try Batches(leftShape, rightShape)
    var sums: [Double] = []
    for (leftStart, rightStart) in batches.starts {
      let matrix = PackedMatrix(depth: batches.depth, columns: batches.columns) { k, column in
        right[rightStart + k * batches.columns + column]
      }
      let rows = Array(left[leftStart..<(leftStart + batches.rows * batches.depth)])
      sums += matrix.multiply(rows, count: batches.rows)
    }
    return sums
  }

  /// The product of integers, modulo the width of `Int`.
  private static func wrappingProducts(
    _ left: [Int], _ leftShape: [Int], _ right: [Int], _ rightShape: [Int]
  ) throws(OperatorError) -> [Int] {
    let batches = try Batches(leftShape, rightShape)
    var sums: [Int] = []
    for (leftStart, rightStart) in batches.starts {
      for row in 0..<batches.rows {
        for column in 0..<batches.columns {
          sums.append(
            (0..<batches.depth).reduce(0) { sum, k in
              sum &+ left[leftStart + row * batches.depth + k] &* right[rightStart + k * batches.columns + column]
            })
        }
      }
    }
    return sums
  }

  /// The matrices of a batched product and where each pair begins.
  private struct Batches {
    let rows: Int
    let depth: Int
    let columns: Int
    let starts: [(left: Int, right: Int)]

    init(_ left: [Int], _ right: [Int]) throws(OperatorError) {
      let left = left.count == 1 ? [1] + left : left
      let right = right.count == 1 ? right + [1] : right
      rows = left[left.count - 2]
      depth = left[left.count - 1]
      columns = right[right.count - 1]
      let shape = try Array(left.dropLast(2)).broadcast(with: Array(right.dropLast(2)))
      let leftStarts = Self.starts(Array(left.dropLast(2)), matrix: rows * depth, broadcastTo: shape)
      let rightStarts = Self.starts(Array(right.dropLast(2)), matrix: depth * columns, broadcastTo: shape)
      starts = zip(leftStarts, rightStarts).map { ($0, $1) }
    }

    private static func starts(_ batch: [Int], matrix: Int, broadcastTo shape: [Int]) -> [Int] {
      let numbers = Tensor(shape: batch, integers: (0..<batch.elementCount).map { $0 * matrix })
      return numbers.broadcast(to: shape).integers()
    }
  }
}
