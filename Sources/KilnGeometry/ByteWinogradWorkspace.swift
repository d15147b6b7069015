/// What a Winograd convolution of numbers of 8 bits keeps between its input and its output, and where in its workspace.
///
/// Transformed numbers have 16 bits, sums of products 32.
package struct ByteWinogradWorkspace: Sendable {
  /// Planes of a tile of 4x4 outputs: products that replace 144.
  @inline(__always) package static var planes: Int { 36 }
  /// Bytes of what is transformed at a time, one vector of channels of a tile, which come first.
  @inline(__always) private static var patchByteCount: Int { 32 * planes }

  /// Input channels, as whole sixteens: the last may overlap those before.
  package var depth: Int
  /// From one tile's numbers to the next one's, `depth` or some more: an odd number of cache lines, so that the planes of a tile, which
  /// are written together, share none of a cache's sets.
  package var depthStep: Int
  /// Input channels whose weights are transformed at once: whole sixteens.
  package var weightDepth: Int
  /// From one plane's weights to the next one's, so far apart for the same reason.
  package var weightStep: Int
  /// The first byte of the transformed weights, `[plane][weightDepth / 16][16 * channels of a block]`.
  package var weights: Int
  /// The first byte of the transformed tiles, `[group of tiles][plane][tile][depth]`.
  package var tiles: Int
  /// The first byte of the sums, `[group of tiles][plane][tile][channel of a block]`.
  package var sums: Int
  /// All bytes.
  package var byteCount: Int

  /// Lays out the workspace.
  ///
  /// - Parameters:
  ///   - blockTiles: tiles that are there at once.
  ///   - channels: output channels of a block.
  @inline(__always)
  package init(inputChannels: Int, blockTiles: Int, channels: Int) {
    depth = (inputChannels &+ 15) / 16 &* 16
    // More of them would leave the second cache before they are read.
    weightDepth = min(depth, 64)
    let line = 32
    depthStep = ((depth &+ line &- 1) / line | 1) &* line
    weightStep = (weightDepth &* channels / line | 1) &* line
    weights = Self.patchByteCount
    tiles = weights &+ 2 &* Self.planes &* weightStep
    sums = tiles &+ 2 &* Self.planes &* depthStep &* blockTiles
    byteCount = sums &+ 4 &* Self.planes &* channels &* blockTiles
  }
}
