/// Moves channels into the image: `[N, C * b * b, H, W]` to `[N, C, H * b, W * b]`. Source: ONNX DepthToSpace.
public struct DepthToSpace: Operator, Hashable {
  /// The block's edge.
  public var block: Int
  /// Whether the channel is the outer index of the input's channels (ONNX's CRD, PyTorch's PixelShuffle) or the
  /// inner one (DCR).
  public var channelIsOuter: Bool

  /// Makes the operator.
  public init(block: Int, channelIsOuter: Bool) {
    self.block = block
    self.channelIsOuter = channelIsOuter
  }

  public var name: String { "DepthToSpace" }
}

/// Moves the image into channels: `[N, C, H * b, W * b]` to `[N, b * b * C, H, W]`. Source: ONNX SpaceToDepth.
public struct SpaceToDepth: Operator, Hashable {
  /// The block's edge.
  public var block: Int

  /// Makes the operator.
  public init(block: Int) { self.block = block }

  public var name: String { "SpaceToDepth" }
}
