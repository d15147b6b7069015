/// Permutes axes: axis `i` of the result is axis `permutation[i]` of the input.
///
/// Source: ONNX Transpose.
package struct Transpose: Operator, Hashable {
  /// A permutation of the axes.
  package var permutation: [Int]

  /// Makes a transposition.
  package init(_ permutation: [Int]) { self.permutation = permutation }

  package var name: String { "Transpose" }

  package var details: String { "\(permutation)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    guard permutation.sorted() == Array(input.shape.indices) else {
      throw OperatorError("\(permutation) does not permute the axes of \(input.shape)")
    }
    return [TensorType(input.scalar, permutation.map { input.shape[$0] })]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    return [try inputs.operand(0).transposed(permutation)]
  }
}
