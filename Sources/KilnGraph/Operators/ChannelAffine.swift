/// One multiply-add a channel, with whatever was fused into it: `y = x * weight[c] + bias[c]`.
///
/// What is left of a batch normalisation that has no convolution to fold into. Operands as in `LinearOperand`: input of
/// any rank, weight `[C]`, bias `[C]`, addend of the input's shape, slope `[C]` or `[1]`.
package struct ChannelAffine: Operator, Hashable {
  /// The axis of the channels, counted from the front.
  package var axis: Int
  /// What happens to each result before it is stored.
  package var epilogue: Epilogue

  /// Makes a per-channel multiply-add.
  package init(axis: Int, epilogue: Epilogue = Epilogue()) {
    self.axis = axis
    self.epilogue = epilogue
  }

  package var name: String { "ChannelAffine" }

  package var details: String { epilogue.description }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    let input = try inputs.operand(LinearOperand.input, "input")
    try input.requireFloatingPoint("the input")
    try input.require(axis: axis)
    let weight = try inputs.operand(LinearOperand.weight, "weight")
    try weight.require(input.scalar, "the weight")
    try weight.require(shape: [input.shape[axis]], "the weight")
    try epilogue.requireOperands(inputs, output: input, channels: input.shape[axis])
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let weight = try inputs.operand(LinearOperand.weight).doubles()
    let inner = output.shape[(axis + 1)...].reduce(1, *)
    var values = try inputs.operand(LinearOperand.input).doubles()
    for index in values.indices { values[index] *= weight[index / inner % weight.count] }
    epilogue.apply(
      to: &values, channels: weight.count, inner: inner,
      addend: inputs.optional(LinearOperand.addend)?.doubles(), operands: inputs)
    return [Tensor(shape: output.shape, doubles: values, as: output.scalar)]
  }
}
