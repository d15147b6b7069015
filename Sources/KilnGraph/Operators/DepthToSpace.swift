/// Moves channels into the image: `[N, C * b * b, H, W]` to `[N, C, H * b, W * b]`.
///
/// Source: ONNX DepthToSpace.
package struct DepthToSpace: Operator, Hashable {
  /// The block's edge.
  package var block: Int
  /// Whether the channel is the outer index of the input's channels (ONNX's CRD, PyTorch's PixelShuffle) or the
  /// inner one (DCR).
  package var channelIsOuter: Bool

  /// Makes the operator.
  package init(block: Int, channelIsOuter: Bool) {
    self.block = block
    self.channelIsOuter = channelIsOuter
  }

  package var name: String { "DepthToSpace" }

  package var details: String { "block \(block)\(channelIsOuter ? ", channel outermost" : "")" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    guard input.rank == 4 else { throw OperatorError("the input \(input) does not have 4 axes") }
    let area = saturatingProduct(block, block)
    guard block >= 1, input.shape[1] % area == 0 else {
      throw OperatorError("\(input.shape[1]) channels are not divisible into blocks of \(block)x\(block)")
    }
    return [
      try .checked(
        input.scalar,
        [
          input.shape[0], input.shape[1] / area, saturatingProduct(input.shape[2], block),
          saturatingProduct(input.shape[3], block),
        ])
    ]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.operand(0)
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0].shape
    let (batch, height, width) = (input.shape[0], input.shape[2], input.shape[3])
    let blocks =
      channelIsOuter
      ? input.reshaped(to: [batch, output[1], block, block, height, width]).transposed([0, 1, 4, 2, 5, 3])
      : input.reshaped(to: [batch, block, block, output[1], height, width]).transposed([0, 3, 4, 1, 5, 2])
    return [blocks.reshaped(to: output)]
  }
}

/// Moves the image into channels: `[N, C, H * b, W * b]` to `[N, b * b * C, H, W]`.
///
/// Source: ONNX SpaceToDepth.
package struct SpaceToDepth: Operator, Hashable {
  /// The block's edge.
  package var block: Int

  /// Makes the operator.
  package init(block: Int) { self.block = block }

  package var name: String { "SpaceToDepth" }

  package var details: String { "block \(block)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    guard input.rank == 4 else { throw OperatorError("the input \(input) does not have 4 axes") }
    guard block >= 1, input.shape[2] % block == 0, input.shape[3] % block == 0 else {
      throw OperatorError("an image of \(input.shape[2])x\(input.shape[3]) is not divisible by \(block)")
    }
    // Both extents are multiples of the block, so its square is bounded by theirs unless they are 0.
    let channels = saturatingProduct(input.shape[1], saturatingProduct(block, block))
    return [
      try .checked(input.scalar, [input.shape[0], channels, input.shape[2] / block, input.shape[3] / block])
    ]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.operand(0)
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0].shape
    let blocks = input.reshaped(to: [input.shape[0], input.shape[1], output[2], block, output[3], block])
    return [blocks.transposed([0, 3, 5, 1, 2, 4]).reshaped(to: output)]
  }
}
