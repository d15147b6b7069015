import KilnRuntimeSources

/// A choice between the elements of two tensors of any type by a third of `bool`, in place of either if wanted.
///
/// Exact.
///
/// Axes: four around the runs, then the run.
package struct SelectScalars: StridedKernel {
  package var name: String { "selectScalars" }
  package var condition: Operand
  package var left: Operand
  package var right: Operand
  package var destination: Operand
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of four operands.
  package init(
    _ condition: Operand, _ left: Operand, _ right: Operand, to destination: Operand, _ nest: [LoopNest.Axis],
    run: LoopNest.Axis
  ) {
    self.condition = condition.along(nest, operand: 0, inner: [run.strides[0]])
    self.left = left.along(nest, operand: 1, inner: [run.strides[1]])
    self.right = right.along(nest, operand: 2, inner: [run.strides[2]])
    self.destination = destination.along(nest, operand: 3, inner: [run.strides[3]])
    axes = nest.whole + [.whole(run.extent)]
  }

  package var file: RuntimeFile { .scalars }

  package var arguments: [KernelArgument] {
    condition.scalarArguments()
    left.scalarArguments()
    right.scalarArguments()
    destination.scalarArguments("to")
    [.axes("shape", shape), .integer("count", axes[4].extent)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&condition)
    reads(&left)
    reads(&right)
    writes(&destination)
  }
}
