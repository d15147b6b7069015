import KilnRuntimeSources

/// The largest or smallest elements along an axis in order, of any type, and their numbers.
///
/// Exact; of equal elements the first comes first, NaN counts as the largest.
///
/// Axes: four around the sequences.
package struct RankElements: StridedKernel {
  package var name: String { "rankElements" }
  package var source: Operand
  package var destination: Operand
  /// Int64, laid out like the destination.
  package var numbers: Operand
  package var axes: [IterationAxis]
  /// Elements of a sequence, and from one to the next.
  package var steps: Int
  package var stride: Int
  /// Elements that are taken, and from one to the next.
  package var count: Int
  package var destinationStride: Int
  /// Whether an element comes before another.
  package var isBetter: RuntimeFunction

  /// Makes the kernel for the innermost axes of a loop nest of source and destination.
  package init(
    _ source: Operand, stride: Int, steps: Int, to destination: Operand, numbers: Operand,
    stride destinationStride: Int, count: Int, _ nest: [LoopNest.Axis], takesLargest: Bool
  ) {
    self.source = source.along(nest, operand: 0)
    self.destination = destination.along(nest, operand: 1)
    self.numbers = numbers.along(nest, operand: 1)
    axes = nest.divisible
    self.steps = steps
    self.stride = stride
    self.count = count
    self.destinationStride = destinationStride
    isBetter = RuntimeFunction(
      binary: .runtime(takesLargest ? .comesBeforeFalling : .comesBeforeRising), in: [.ranking])
  }

  package var file: RuntimeFile { .ranking }

  package var elementCount: Int { axes.reduce(steps) { $0 * $1.extent } }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .integer("stride", stride), .integer("steps", steps),
      .pointer("to", destination), .pointer("numbers", numbers), .axes(destination.outerStrides),
      .integer("stride", destinationStride), .integer("count", count), .axes("shape", shape), .function(isBetter),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
    writes(&numbers)
  }
}
