import KilnGeometry
import KilnRuntimeSources

/// A convolution of a few float32 planes into a few, `[N, C, H, W]`: vectors of neighbouring pixels, all output planes
/// at once.
///
/// Its error is that of `Convolve`.
///
/// Axis: the rows of the output planes.
package struct ConvolvePlanar: Kernel {
  package var name: String { "convolvePlanar" }
  package var tile: PlanarTileShape
  package var input: Operand
  /// `[bias, KH x KW x Cin][output plane]`.
  package var weights: Operand
  package var output: Operand
  package var geometry: PlanarGeometry

  /// Makes the kernel.
  package init(
    _ tile: PlanarTileShape, _ input: Operand, _ weights: Operand, _ output: Operand, _ geometry: PlanarGeometry
  ) {
    self.tile = tile
    self.input = input
    self.weights = weights
    self.output = output
    self.geometry = geometry
  }

  package var file: RuntimeFile { .planarConvolution }

  package var arguments: [KernelArgument] {
    [.tile(tile), .pointer(input), .pointer(weights), .pointer(output), .geometry(geometry)]
  }

  package var axes: [IterationAxis] { [.divisible(geometry.endRow - geometry.firstRow)] }

  package var elementCount: Int {
    let channels = geometry.inputChannels + geometry.outputChannels
    return geometry.images * channels * (geometry.endRow - geometry.firstRow) * geometry.columns
  }

  package mutating func restrict(_ axis: Int, to range: Range<Int>) {
    geometry.endRow = geometry.firstRow + range.upperBound
    geometry.firstRow += range.lowerBound
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&input)
    reads(&weights)
    writes(&output)
  }
}
