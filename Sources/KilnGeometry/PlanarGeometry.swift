/// The shape of one planar convolution: images `[N, C, H, W]`, dense, on both sides; the column stride is 1.
package struct PlanarGeometry: Sendable {
  /// Images, and the planes of the input and of the output.
  package var images: Int
  package var inputChannels: Int
  package var outputChannels: Int
  /// An input plane's rows and pixels of a row, and an output plane's.
  package var inputRows: Int
  package var inputColumns: Int
  package var rows: Int
  package var columns: Int
  /// The rows of each output plane that are computed: the first, and the one after the last.
  package var firstRow: Int
  package var endRow: Int
  /// The kernel's taps, and input rows or pixels between neighbouring ones.
  package var kernelRows: Int
  package var kernelColumns: Int
  package var rowDilation: Int
  package var columnDilation: Int
  /// Input rows between neighbouring output rows.
  package var rowStride: Int
  /// Zeros above and to the left of each plane.
  package var top: Int
  package var left: Int

  /// Makes the shape of a convolution, or of some of its rows.
  @inline(__always)
  package init(
    images: Int, inputChannels: Int, outputChannels: Int, inputRows: Int, inputColumns: Int, rows: Int, columns: Int,
    firstRow: Int, endRow: Int, kernelRows: Int, kernelColumns: Int, rowDilation: Int, columnDilation: Int,
    rowStride: Int, top: Int, left: Int
  ) {
    self.images = images
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.inputRows = inputRows
    self.inputColumns = inputColumns
    self.rows = rows
    self.columns = columns
    self.firstRow = firstRow
    self.endRow = endRow
    self.kernelRows = kernelRows
    self.kernelColumns = kernelColumns
    self.rowDilation = rowDilation
    self.columnDilation = columnDilation
    self.rowStride = rowStride
    self.top = top
    self.left = left
  }
}
