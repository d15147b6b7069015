/// A fully connected layer, with whatever was fused into it: `y = x * transpose(weight) + bias` over the last axis.
///
/// Operands as in `LinearOperand`: input `[…, K]`, weight `[M, K]` (a row an output, as in PyTorch), bias `[M]`, addend
/// `[…, M]`, slope `[M]` or `[1]`. Gemm and MatMul with a constant right operand become this.
public struct Linear: Operator, Hashable {
  /// What happens to each sum before it is stored.
  public var epilogue: Epilogue

  /// Makes a linear layer.
  public init(epilogue: Epilogue = Epilogue()) { self.epilogue = epilogue }

  public var name: String { "Linear" }
}
