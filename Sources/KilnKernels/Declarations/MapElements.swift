import KilnRuntimeSources

/// A function of every element of a float32 tensor, a vector at a time, in place if wanted.
///
/// Axes: four around the runs, then the run. The error is the function's.
package struct MapElements: StridedKernel {
  package var name: String { "mapElements" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  /// What is applied.
  package var function: RuntimeFunction

  /// Makes the kernel for the innermost axes of a loop nest of two operands, whose runs are contiguous on both sides.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int, _ function: RuntimeFunction
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.destination = destination.along(nest, operand: 1, inner: [1])
    axes = nest.divisible + [.run(count)]
    self.function = function
  }

  package var file: RuntimeFile { .elementwise }

  package var arguments: [KernelArgument] {
    let isOneRun = axes.dropLast().allSatisfy { $0.extent == 1 }
    if isOneRun {
      [.pointer(source), .pointer("to", destination)]
    } else {
      [
        .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes(destination.outerStrides),
        .axes("shape", shape),
      ]
    }
    [.integer("count", axes[4].extent), .function(function)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}
