import KilnRuntimeSources

/// A function of the pairs of two float32 tensors, a vector at a time, in place of either if wanted.
///
/// Axes: four around the runs, then the run, along which an operand has stride 1, or 0 for one element. The error is the
/// function's.
package struct CombineElements: StridedKernel {
  package var name: String { "combineElements" }
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
    self.destination = destination.along(nest, operand: 2, inner: [1])
    axes = nest.divisible + [.run(run.extent)]
    self.function = function
  }

  package var file: RuntimeFile { .elementwise }

  package var arguments: [KernelArgument] {
    if axes.dropLast().allSatisfy({ $0.extent == 1 }) {
      [
        .pointer(left), .integer("step", left.innerStride()), .pointer(right), .integer("step", right.innerStride()),
        .pointer("to", destination),
      ]
    } else {
      [
        .pointer(left), .axes(left.outerStrides), .integer("step", left.innerStride()), .pointer(right),
        .axes(right.outerStrides), .integer("step", right.innerStride()), .pointer("to", destination),
        .axes(destination.outerStrides), .axes("shape", shape),
      ]
    }
    [.integer("count", axes[4].extent), .function(function)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&left)
    reads(&right)
    writes(&destination)
  }
}
