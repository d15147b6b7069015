import KilnGeometry
import KilnRuntimeSources

/// Images or volumes of float32, channels last, sampled at points that are computed.
///
/// GridSample.swift of the runtime states the error bound.
///
/// Axes: the images, then the points of each.
package struct SampleGrid: StridedKernel {
  package var name: String { "sampleGrid" }
  package var source: Operand
  package var grid: Operand
  package var destination: Operand
  package var geometry: SamplingGeometry
  package var axes: [IterationAxis]

  /// Makes the kernel: source `[images, (depth,) rows, columns, channels]`, grid `[images, points, coordinates]`, destination
  /// `[images, points, channels]`.
  package init(
    _ source: Operand, grid: Operand, to destination: Operand, _ geometry: SamplingGeometry, images: Int, points: Int
  ) {
    self.source = source
    self.grid = grid
    self.destination = destination
    self.geometry = geometry
    self.source.strides = [geometry.depth * geometry.rows * geometry.columns * geometry.channels, 0]
    self.grid.strides = [points * geometry.coordinates, geometry.coordinates]
    self.destination.strides = [points * geometry.channels, geometry.channels]
    axes = [.divisible(images), .divisible(points)]
  }

  package var file: RuntimeFile { .gridSample }

  package var elementCount: Int {
    axes.reduce(geometry.channels) { $0 * $1.extent } * (geometry.coordinates == 2 ? 1 : geometry.taps)
      * geometry.taps * geometry.taps
  }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .pointer("grid", grid), .pointer("to", destination), .geometry(geometry),
      .axes("steps", [source.strides[0], grid.strides[0], destination.strides[0]]),
      .integer("images", axes[0].extent), .integer("points", axes[1].extent),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&grid)
    writes(&destination)
  }
}
