/// The shape of one depthwise convolution.
///
/// Steps count elements.
package struct DepthwiseGeometry: Sendable {
  /// Rows of the kernel, and from one's first input element to the next's.
  package var kernelRows: Int
  package var kernelRowStep: Int
  /// Taps of a kernel row, and from one's input element to the next's.
  package var kernelColumns: Int
  package var kernelColumnStep: Int
  /// Images, output rows of an image, output pixels of a row.
  package var images: Int
  package var rows: Int
  package var columns: Int
  /// Output rows, and output pixels of a row, that a vector of channels passes over before the next vector does.
  package var regionRows: Int
  package var regionColumns: Int
  /// Whole vectors of channels, and channels after them.
  package var vectors: Int
  package var restChannels: Int
  /// Packed elements of a vector of channels: the biases, the slopes if there are any, the weights.
  package var panelStep: Int
  /// How the operands' elements lie apart, seen from output pixels; there are no groups.
  package var input: ConvolutionSteps
  package var addend: ConvolutionSteps
  package var output: ConvolutionSteps

  /// Makes the shape of a whole convolution.
  @inline(__always)
  package init(
    kernelRows: Int, kernelRowStep: Int, kernelColumns: Int, kernelColumnStep: Int, images: Int, rows: Int,
    columns: Int, regionRows: Int, regionColumns: Int, vectors: Int, restChannels: Int, panelStep: Int,
    input: ConvolutionSteps, addend: ConvolutionSteps, output: ConvolutionSteps
  ) {
    self.kernelRows = kernelRows
    self.kernelRowStep = kernelRowStep
    self.kernelColumns = kernelColumns
    self.kernelColumnStep = kernelColumnStep
    self.images = images
    self.rows = rows
    self.columns = columns
    self.regionRows = regionRows
    self.regionColumns = regionColumns
    self.vectors = vectors
    self.restChannels = restChannels
    self.panelStep = panelStep
    self.input = input
    self.addend = addend
    self.output = output
  }

  /// The same for some rows of an image, where several convolutions are computed together in strips of rows.
  @inline(__always)
  package func strip(rows: Int) -> DepthwiseGeometry {
    var strip = self
    strip.rows = rows
    return strip
  }
}
