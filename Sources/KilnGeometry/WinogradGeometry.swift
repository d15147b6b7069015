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

  /// Makes the shape of the tiles that a call computes.
  @inline(__always)
  package init(
    tileRows: Int, tileColumns: Int, firstTile: Int, tiles: Int, blockTiles: Int, rows: Int, columns: Int,
    inputChannels: Int, outputChannels: Int, input: ConvolutionSteps, addend: ConvolutionSteps,
    output: ConvolutionSteps
  ) {
    self.tileRows = tileRows
    self.tileColumns = tileColumns
    self.firstTile = firstTile
    self.tiles = tiles
    self.blockTiles = blockTiles
    self.rows = rows
    self.columns = columns
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.input = input
    self.addend = addend
    self.output = output
  }
}
