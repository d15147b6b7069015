/// The shape of one direct convolution: what its driver walks over and what its tiles need.
///
/// Steps count elements.
package struct ConvolutionGeometry: Sendable {
  /// Rows of the kernel; 0 when no tap exists, as in some phases of a transposed convolution.
  package var kernelRows: Int
  /// From a kernel row's first input element to the next row's.
  package var kernelRowStep: Int
  /// Contiguous runs of input elements that make a kernel row: one when its taps touch, else one per tap.
  package var segments: Int
  /// From one run's first element to the next's.
  package var segmentStep: Int
  /// Elements of a run.
  package var segmentLength: Int

  /// Independent groups of channels.
  package var groups: Int
  /// Blocks of a tile's channels in a group.
  package var blocks: Int
  /// Images.
  package var images: Int
  /// Output rows of an image.
  package var rows: Int
  /// Output pixels of a row.
  package var columns: Int
  /// Output rows that all blocks pass over before the next rows are begun.
  package var regionRows: Int
  /// Output pixels of a row that all blocks pass over before the next pixels are begun: a multiple of the tile's.
  package var regionColumns: Int

  /// Packed elements of a block: the biases, the slopes if there are any, the weights.
  package var panelStep: Int
  /// Kernel rows of a stage, of which `kernelRows` is a multiple: all tiles of a region sum them up before the next
  /// rows' weights are begun, so that a panel larger than the caches is read once.
  ///
  /// Between stages the sums are in the output.
  package var stageRows: Int
  /// Packed elements of a stage's weights.
  package var stageStep: Int
  /// Elements after its weights that a tile asks the caches for with each product, so that the next weights are near
  /// when it is their turn: a stream spread over the arithmetic, where the first tile would otherwise wait for all of it.
  ///
  /// 0 where tiles that ask for one thing ask for the input.
  package var panelAhead: Int
  /// From a kernel row's first input element to one that a tile soon after needs: in the next output row, or, where the
  /// kernel has one row, in the next tile.
  package var inputAhead: Int
  /// Elements there that a tile asks the caches for with each product of the kernel row.
  package var inputAheadStep: Int
  /// How the input's elements lie apart, seen from output pixels.
  package var input: ConvolutionSteps
  /// How the addend's elements lie apart; as the output's when there is none.
  package var addend: ConvolutionSteps
  /// How the output's elements lie apart.
  package var output: ConvolutionSteps
  /// What is being computed: the driver's, for tiles.
  package var stage = ConvolutionStage()

  /// Makes the shape of a whole convolution.
  @inline(__always)
  package init(
    kernelRows: Int, kernelRowStep: Int, segments: Int, segmentStep: Int, segmentLength: Int, groups: Int,
    blocks: Int, images: Int, rows: Int, columns: Int, regionRows: Int, regionColumns: Int, panelStep: Int,
    stageRows: Int, stageStep: Int, panelAhead: Int, inputAhead: Int, inputAheadStep: Int, input: ConvolutionSteps,
    addend: ConvolutionSteps, output: ConvolutionSteps
  ) {
    self.kernelRows = kernelRows
    self.kernelRowStep = kernelRowStep
    self.segments = segments
    self.segmentStep = segmentStep
    self.segmentLength = segmentLength
    self.groups = groups
    self.blocks = blocks
    self.images = images
    self.rows = rows
    self.columns = columns
    self.regionRows = regionRows
    self.regionColumns = regionColumns
    self.panelStep = panelStep
    self.stageRows = stageRows
    self.stageStep = stageStep
    self.panelAhead = panelAhead
    self.inputAhead = inputAhead
    self.inputAheadStep = inputAheadStep
    self.input = input
    self.addend = addend
    self.output = output
  }

  /// The same for some rows of an image, where several convolutions are computed together in strips of rows.
  @inline(__always)
  package func strip(rows: Int) -> ConvolutionGeometry {
    var strip = self
    strip.rows = rows
    return strip
  }
}
