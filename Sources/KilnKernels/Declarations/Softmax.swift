import KilnRuntimeSources

/// Softmax, or its logarithm, of contiguous float32 elements, in place if wanted.
///
/// The relative error of a probability, and the absolute one of a logarithm, is below `(|x - max| + n / lanes + 24) *
/// 2^-23` for n elements.
///
/// Axes: four around the rows, then the row, whole.
package struct SoftmaxRows: StridedKernel {
  package var name: String { "softmaxRows" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var isLogarithmic: Bool

  /// Makes the kernel for the innermost axes of a loop nest of source and destination.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int, isLogarithmic: Bool
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.destination = destination.along(nest, operand: 1, inner: [1])
    axes = nest.divisible + [.whole(count)]
    self.isLogarithmic = isLogarithmic
  }

  package var file: RuntimeFile { .softmax }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", shape), .integer("count", axes[4].extent), .boolean("isLogarithmic", isLogarithmic),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// Softmax, or its logarithm, of float32 elements that lie apart, for each of a run of contiguous ones, in place if
/// wanted.
///
/// Its error is that of `SoftmaxRows`.
///
/// Axes: four around the runs; the elements that are normalised together, whole; then the run.
package struct SoftmaxChannels: StridedKernel {
  package var name: String { "softmaxChannels" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var isLogarithmic: Bool

  /// Makes the kernel for the innermost axes of a loop nest of source and destination.
  package init(
    _ source: Operand, stride sourceStride: Int, to destination: Operand, stride destinationStride: Int,
    _ nest: [LoopNest.Axis], steps: Int, count: Int, isLogarithmic: Bool
  ) {
    self.source = source.along(nest, operand: 0, inner: [sourceStride, 1])
    self.destination = destination.along(nest, operand: 1, inner: [destinationStride, 1])
    axes = nest.divisible + [.whole(steps), .run(count)]
    self.isLogarithmic = isLogarithmic
  }

  package var file: RuntimeFile { .softmax }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .integer("stride", source.innerStride()),
      .pointer("to", destination),
      .axes(destination.outerStrides), .integer("stride", destination.innerStride()), .axes("shape", shape),
      .integer("steps", axes[4].extent), .integer("count", axes[5].extent),
      .boolean("isLogarithmic", isLogarithmic),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}
