/// A matrix product of two computed tensors, batched and broadcast as NumPy's `matmul`. Source: ONNX MatMul; Gemm with a
/// computed right operand becomes transpositions, this, and multiplications and additions.
public struct MatMul: Operator, Hashable {
  /// Makes the operator.
  public init() {}

  public var name: String { "MatMul" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let left = try inputs.operand(0, "A")
    let right = try inputs.operand(1, "B")
    try right.require(left.scalar, "the right matrix")
    guard left.scalar != .bool else { throw OperatorError("the matrices are bool") }
    return [try .checked(left.scalar, try Self.outputShape(left.shape, right.shape))]
  }

  public func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
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
}
