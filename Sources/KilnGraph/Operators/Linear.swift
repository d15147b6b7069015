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

  public var details: String { epilogue.description }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    let input = try inputs.operand(LinearOperand.input, "input")
    let weight = try inputs.operand(LinearOperand.weight, "weight")
    try input.requireFloatingPoint("the input")
    try weight.require(input.scalar, "the weight")
    guard weight.rank == 2 else { throw OperatorError("the weight \(weight) does not have 2 axes") }
    guard let depth = input.shape.last, depth == weight.shape[1] else {
      throw OperatorError("the weight \(weight.shape) does not fit the last axis of the input \(input.shape)")
    }
    let output = try TensorType.checked(input.scalar, input.shape.dropLast() + [weight.shape[0]])
    try epilogue.requireOperands(inputs, output: output, channels: weight.shape[0])
    return [output]
  }

  public func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    guard let depth = inputs.optional(LinearOperand.weight)?.shape.last, let output = outputs.first else { return 0 }
    return saturatingProduct(output.elementCount, depth)
  }

  public func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(LinearOperand.input).doubles()
    let weight = try inputs.operand(LinearOperand.weight)
    let (channels, depth) = (weight.shape[0], weight.shape[1])
    let elements = weight.doubles()
    let matrix = PackedMatrix(depth: depth, columns: channels) { k, channel in elements[channel * depth + k] }
    var sums = matrix.multiply(input, count: channels == 0 ? 0 : output.elementCount / channels)
    epilogue.apply(
      to: &sums, channels: channels, addend: inputs.optional(LinearOperand.addend)?.doubles(), operands: inputs)
    return [Tensor(shape: output.shape, doubles: sums, as: output.scalar)]
  }
}
