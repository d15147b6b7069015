import KilnGeometry
import KilnGraph
import KilnRuntimeSources

/// A moving window over each channel of channels-last images, reduced: of numbers that are read as float32, or, for
/// maxima, of numbers of 8 bits.
///
/// The reduction's comment in Pool.swift states its error bound.
///
/// Axes: images and output rows, along which the window moves with them; then columns and channels, whole.
package struct PoolImages: Kernel {
  package var name: String { "poolImages" }
  /// What is done with the elements of a window.
  package enum Reduction: String, Sendable {
    case maximum = "MaximumPool"
    case average = "AveragePool"
    case magnitude = "MagnitudePool"
    case euclidean = "EuclideanPool"
  }

  package var reduction: Reduction
  /// The type of the images' elements.
  package var scalar: ScalarType
  package var window: PoolWindow
  package var source: Operand
  package var destination: Operand
  /// Elements between images, rows and pixels of either.
  package var sourceStrides: [Int]
  package var destinationStrides: [Int]
  /// Rows and columns of an input image.
  package var extent: (Int, Int)
  /// The results' dimensions.
  package var images: Int
  package var rows: Int
  package var columns: Int
  package var channels: Int

  /// Makes the kernel.
  package init(
    _ reduction: Reduction, of scalar: ScalarType, _ window: PoolWindow, _ source: Operand, _ sourceStrides: [Int],
    extent: (Int, Int), to destination: Operand, _ destinationStrides: [Int], images: Int, rows: Int, columns: Int,
    channels: Int
  ) {
    self.reduction = reduction
    self.scalar = scalar
    self.window = window
    self.source = source
    self.destination = destination
    self.sourceStrides = sourceStrides
    self.destinationStrides = destinationStrides
    self.extent = extent
    (self.images, self.rows, self.columns, self.channels) = (images, rows, columns, channels)
  }

  /// Whether elements are numbers of 8 bits.
  package var isOfBytes: Bool { scalar.byteRange != nil }

  package var file: RuntimeFile { isOfBytes ? .bytePool : .pool }

  package var arguments: [KernelArgument] {
    [
      .strategy("\(reduction.rawValue)\(isOfBytes ? "OfBytes" : "")<\(scalar.swiftName)>"), .geometry(window),
      .pointer(source),
      .axes(sourceStrides), .axes("extent", [extent.0, extent.1]), .pointer("to", destination),
      .axes(destinationStrides), .integer("images", images), .integer("rows", rows), .integer("columns", columns),
      .integer("channels", channels),
    ]
  }

  /// The rows of each image, or the images where they have one row.
  package var axes: [IterationAxis] { [.divisible(rows > 1 ? rows : images)] }

  package var elementCount: Int {
    images * rows * columns * channels * window.kernel.0 * window.kernel.1
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }

  package mutating func restrict(_ axis: Int, to range: Range<Int>) {
    if rows > 1 {
      // The first row's taps begin so much later.
      window.padBegin.0 -= range.lowerBound * window.strides.0
      destination.offset += range.lowerBound * destinationStrides[1]
      rows = range.count
    } else {
      source.offset += range.lowerBound * sourceStrides[0]
      destination.offset += range.lowerBound * destinationStrides[0]
      images = range.count
    }
  }
}
