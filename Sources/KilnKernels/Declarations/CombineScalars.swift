import KilnRuntimeSources

/// A function of the pairs of two tensors of any types, one at a time, in place of either if wanted.
///
/// Axes: four around the runs, then the run. The error is the function's.
package struct CombineScalars: StridedKernel {
  package var name: String { "combineScalars" }
  package var left: Operand
  package var right: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  /// What is applied.
  package var function: RuntimeFunction

  /// Makes the kernel for the innermost axes of a loop nest of three operands.
  package init(
    _ left: Operand, _ right: Operand, to destination: Operand, _ nest: [LoopNest.Axis], run: LoopNest.Axis,
    _ function: RuntimeFunction
  ) {
    self.left = left.along(nest, operand: 0, inner: [run.strides[0]])
    self.right = right.along(nest, operand: 1, inner: [run.strides[1]])
    self.destination = destination.along(nest, operand: 2, inner: [run.strides[2]])
    axes = nest.whole + [.whole(run.extent)]
    self.function = function
  }

  package var file: RuntimeFile { .scalars }

  package var arguments: [KernelArgument] {
    left.scalarArguments()
    right.scalarArguments()
    destination.scalarArguments("to")
    [.axes("shape", shape), .integer("count", axes[4].extent), .function(function)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&left)
    reads(&right)
    writes(&destination)
  }
}
