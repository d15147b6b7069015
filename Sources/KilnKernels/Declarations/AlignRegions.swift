import KilnGeometry
import KilnRuntimeSources

/// Regions of float32 images resampled to one size, each cell the mean of its samples or the largest.
///
/// For means of n samples |error| <= (n + 5) * 2^-24 * the mean of the magnitudes that are summed, to first order; one rounding for the
/// largest.
///
/// Axes: the regions.
package struct AlignRegions: Kernel {
  package var name: String { takesLargest ? "maximizeRegions" : "averageRegions" }
  /// Channels last, dense.
  package var images: Operand
  /// Two corners of each region, dense.
  package var regions: Operand
  /// Which image each region is of, int32 or int64.
  package var numbers: Operand
  package var destination: Operand
  package var geometry: RegionGeometry
  package var takesLargest: Bool

  /// Makes the kernel.
  package init(
    _ images: Operand, regions: Operand, numbers: Operand, to destination: Operand, _ geometry: RegionGeometry,
    takesLargest: Bool
  ) {
    self.images = images
    self.regions = regions
    self.numbers = numbers
    self.destination = destination
    self.geometry = geometry
    self.takesLargest = takesLargest
  }

  package var file: RuntimeFile { .regions }

  package var axes: [IterationAxis] { [.divisible(geometry.regions)] }

  private var elementsPerRegion: Int { geometry.rows * geometry.columns * geometry.channels }

  package var elementCount: Int { 16 * geometry.regions * elementsPerRegion }

  package mutating func restrict(_ axis: Int, to range: Range<Int>) {
    regions.offset += 4 * range.lowerBound
    numbers.offset += range.lowerBound
    destination.offset += elementsPerRegion * range.lowerBound
    geometry.regions = range.count
  }

  package var arguments: [KernelArgument] {
    [
      .pointer(images), .pointer("regions", regions), .pointer("numbers", numbers), .pointer("to", destination),
      .geometry(geometry),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&images)
    reads(&regions)
    reads(&numbers)
    writes(&destination)
  }
}
