/// A matrix product of two computed tensors, batched and broadcast as NumPy's `matmul`. Source: ONNX MatMul; Gemm with a
/// computed right operand becomes transpositions, this, and multiplications and additions.
public struct MatMul: Operator, Hashable {
  /// Makes the operator.
  public init() {}

  public var name: String { "MatMul" }
}
