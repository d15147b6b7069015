/// A fully connected layer, with whatever was fused into it: `y = x * transpose(weight) + bias` over the last axis.
///
/// Operands as in `LinearOperand`: input `[…, K]`, weight `[M, K]` (a row per output, as in PyTorch) or its transpose,
/// bias `[M]`, addend `[…, M]`, slope `[M]` or `[1]`. Gemm and MatMul with a constant right operand become this.
package struct Linear: Operator, Hashable {
  /// Which channels the weight's first axis counts: `[M, K]` or `[K, M]`.
  ///
  /// Weights stay as the model has them, which may be too large to be copied.
  package var arrangement: WeightArrangement
  /// The pixels of a channels-last image whose flattening the input is, while the weight counts its inputs
  /// channels-first: input `pixel * C + channel` meets the weight's `channel * pixels + pixel`.
  ///
  /// 1 where they are counted alike.
  package var pixels: Int
  /// What happens to each sum before it is stored.
  package var epilogue: Epilogue

  /// Makes a linear layer.
  package init(arrangement: WeightArrangement = .outputFirst, pixels: Int = 1, epilogue: Epilogue = Epilogue()) {
    self.arrangement = arrangement
    self.pixels = pixels
    self.epilogue = epilogue
  }

  /// The number of outputs M and of inputs K of a weight.
  ///
  /// Precondition: it has two axes.
  package func extents(ofWeight shape: [Int]) -> (outputs: Int, inputs: Int) {
    switch arrangement {
    case .outputFirst: (shape[0], shape[1])
    case .inputFirst: (shape[1], shape[0])
    }
  }

  package var name: String { "Linear" }

  package var details: String { epilogue.description }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    let input = try inputs.operand(LinearOperand.input, "input")
    let weight = try inputs.operand(LinearOperand.weight, "weight")
    try input.requireFloatingPoint("the input")
    try weight.require(input.scalar, "the weight")
    guard weight.rank == 2 else { throw OperatorError("the weight \(weight) does not have 2 axes") }
    let (channels, depth) = extents(ofWeight: weight.shape)
    guard input.shape.last == depth else {
      throw OperatorError("the weight \(weight.shape) does not fit the last axis of the input \(input.shape)")
    }
    let output = try TensorType.checked(input.scalar, input.shape.dropLast() + [channels])
    guard pixels > 0, depth % pixels == 0 else {
      throw OperatorError("the input \(input.shape) is no flattened image of \(pixels) pixels")
    }
    try epilogue.requireOperands(inputs, output: output, channels: channels)
    return [output]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    guard let weight = inputs.optional(LinearOperand.weight), let output = outputs.first else { return 0 }
    return saturatingProduct(output.elementCount, extents(ofWeight: weight.shape).inputs)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(LinearOperand.input).doubles()
    let weight = try inputs.operand(LinearOperand.weight)
    let (channels, depth) = extents(ofWeight: weight.shape)
    let elements = weight.doubles()
    let (step, channelStep) = arrangement == .outputFirst ? (1, depth) : (channels, 1)
    let planes = max(depth / pixels, 1)
    let matrix = PackedMatrix(depth: depth, columns: channels) { k, channel in
      elements[channel * channelStep + (k % planes * pixels + k / planes) * step]
    }
    var sums = matrix.multiply(input, count: channels == 0 ? 0 : output.elementCount / channels)
    epilogue.apply(
      to: &sums, channels: channels, addend: inputs.optional(LinearOperand.addend)?.doubles(), operands: inputs)
    return [Tensor(shape: output.shape, doubles: sums, as: output.scalar)]
  }
}

/// Which channels the first axis of a linear operator's weight counts.
package enum WeightArrangement: Hashable, Sendable {
  /// `[M, C / groups, taps …]`: convolution; and `[M, C]`: fully connected.
  case outputFirst
  /// `[C, M / groups, taps …]`: transposed convolution; and `[C, M]`: a matrix that rows are multiplied by.
  case inputFirst
}
