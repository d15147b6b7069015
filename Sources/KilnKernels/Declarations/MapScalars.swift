import KilnRuntimeSources

/// A function of every element of a tensor of any type, one at a time, in place if wanted.
///
/// Axes: four around the runs, then the run. The error is the function's.
package struct MapScalars: StridedKernel {
  package var name: String { "mapScalars" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  /// What is applied.
  package var function: RuntimeFunction

  /// Makes the kernel for the innermost axes of a loop nest of two operands.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], run: LoopNest.Axis,
    _ function: RuntimeFunction
  ) {
    self.source = source.along(nest, operand: 0, inner: [run.strides[0]])
    self.destination = destination.along(nest, operand: 1, inner: [run.strides[1]])
    axes = nest.whole + [.whole(run.extent)]
    self.function = function
  }

  package var file: RuntimeFile { .scalars }

  package var arguments: [KernelArgument] {
    source.scalarArguments()
    destination.scalarArguments("to")
    [.axes("shape", shape), .integer("count", axes[4].extent), .function(function)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

extension Operand {
  /// A pointer, its strides around the runs, and its step along a run.
  func scalarArguments(_ label: String? = nil) -> [KernelArgument] {
    [
      KernelArgument(label: label, value: .pointer(self)), .axes(outerStrides), .integer("step", innerStride()),
    ]
  }
}
