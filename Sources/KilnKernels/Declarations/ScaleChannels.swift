import KilnGraph
import KilnRuntimeSources

/// One multiply-add per channel of a float32 tensor with its epilogue, in place if wanted: one rounding before the epilogue.
///
/// Axes: four around the channels, then the channels.
package struct ScaleChannels: StridedKernel {
  package var name: String { "scaleChannels" }
  package var source: Operand
  /// One number per channel each; the slopes are any table where the epilogue has none.
  package var weight: TableID
  package var bias: TableID
  package var slope: TableID
  /// What the epilogue adds; the source where it adds nothing.
  package var addend: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var epilogue: Epilogue

  /// Makes the kernel for the innermost axes of a loop nest of three operands: source, addend, destination.
  package init(
    _ source: Operand, weight: TableID, bias: TableID, addend: Operand?, slope: TableID?, to destination: Operand,
    _ nest: [LoopNest.Axis], channels: Int, _ epilogue: Epilogue
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.addend = (addend ?? source).along(nest, operand: 1, inner: [1])
    self.destination = destination.along(nest, operand: 2, inner: [1])
    (self.weight, self.bias, self.slope) = (weight, bias, slope ?? weight)
    axes = nest.divisible + [.whole(channels)]
    self.epilogue = epilogue
  }

  package var file: RuntimeFile { .channelAffine }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("weight", Operand(.table(weight))),
      .pointer("bias", Operand(.table(bias))), .pointer("addend", addend), .axes(addend.outerStrides),
      .pointer("slope", Operand(.table(slope))), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", shape), .integer("count", axes[4].extent), .epilogue(epilogue, takesSlope: true),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&addend)
    writes(&destination)
  }
}
