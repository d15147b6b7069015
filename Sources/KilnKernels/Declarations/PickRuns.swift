import KilnRuntimeSources

/// Runs of elements of any type, copied in the order that indices say: those below 0 count from the end, those outside
/// become the nearest inside.
///
/// Exact.
///
/// Axes: four around what is picked from; then the indices and the run.
package struct PickRuns: StridedKernel {
  package var name: String { "pickRuns" }
  package var source: Operand
  package var destination: Operand
  package var indices: Operand
  /// Runs that the source has.
  package var extent: Int
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of source and destination.
  package init(
    _ source: Operand, stride sourceStride: Int, extent: Int, indices: Operand, indexCount: Int,
    to destination: Operand, stride destinationStride: Int, _ nest: [LoopNest.Axis], count: Int
  ) {
    self.source = source.along(nest, operand: 0, inner: [sourceStride, 1])
    self.destination = destination.along(nest, operand: 1, inner: [destinationStride, 1])
    self.indices = indices
    self.indices.strides = [0, 0, 0, 0, 1, 0]
    self.extent = extent
    axes = nest.whole + [.whole(indexCount), .whole(count)]
  }

  package var file: RuntimeFile { .gather }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .integer("stride", source.innerStride()),
      .integer("extent", extent),
      .pointer("indices", indices), .integer("indexCount", axes[4].extent), .pointer("to", destination),
      .axes(destination.outerStrides), .integer("stride", destination.innerStride()), .axes("shape", shape),
      .integer("count", axes[5].extent),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&indices)
    writes(&destination)
  }
}
