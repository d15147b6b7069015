/// The shape of one Winograd convolution: what its driver walks over.
///
/// Steps count elements.
package struct WinogradGeometry: Sendable {
  /// Tiles of an image: rows and columns of them.
  package var tileRows: Int
  package var tileColumns: Int
  /// The tiles that the call computes, counted through rows and images.
  package var firstTile: Int
  package var tiles: Int
  /// Tiles whose transformed input and products are in the workspace at once: a multiple of the register tile's.
  package var blockTiles: Int
  /// Output channels whose products are in the workspace at once: a multiple of the register tile's.
  package var blockChannels: Int

  /// Output rows of an image, and output pixels of a row.
  ///
  /// Precondition: at least a tile's each.
  package var rows: Int
  package var columns: Int
  /// Channels of the input and of the output.
  package var inputChannels: Int
  package var outputChannels: Int

  /// How the input's elements lie apart, seen from output pixels; so the addend's and the output's.
  package var input: ConvolutionSteps
  package var addend: ConvolutionSteps
  package var output: ConvolutionSteps

  /// The number of elements from one transformed tile to the next in a plane, each of `elementByteCount` bytes.
  ///
  /// It is the number of input channels, rounded up to whole vectors of `width`. A cache line is added where the planes of a
  /// register tile of `pixels` would otherwise lie a multiple of 1 KiB apart: the channels of a tile are stored into all planes
  /// in turn, and these would share a few sets of the cache.
  ///
  /// > Example: 128 channels of float32, four tiles at a time: 2 KiB become 2304 bytes.
  @inline(__always)
  package static func depth(inputChannels: Int, width: Int, pixels: Int, elementByteCount: Int) -> Int {
    let depth = (inputChannels &+ width &- 1) / width &* width
    let isAligned = depth &* pixels &* elementByteCount & 1023 == 0
    return isAligned ? depth &+ 64 / elementByteCount : depth
  }

  /// Makes the shape of the tiles that a call computes.
  @inline(__always)
  package init(
    tileRows: Int, tileColumns: Int, firstTile: Int, tiles: Int, blockTiles: Int, blockChannels: Int, rows: Int,
    columns: Int, inputChannels: Int, outputChannels: Int, input: ConvolutionSteps, addend: ConvolutionSteps,
    output: ConvolutionSteps
  ) {
    self.tileRows = tileRows
    self.tileColumns = tileColumns
    self.firstTile = firstTile
    self.tiles = tiles
    self.blockTiles = blockTiles
    self.blockChannels = blockChannels
    self.rows = rows
    self.columns = columns
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.input = input
    self.addend = addend
    self.output = output
  }
}
