import KilnGraph
import KilnRuntimeSources

/// The index of the largest or smallest element along an axis, of any type.
///
/// Exact.
///
/// Axes: four around the sequences, then the sequence.
package struct FindExtremes: StridedKernel {
  package var name: String { "findExtremes" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  /// Whether an element takes the place of an earlier one.
  package var isBetter: RuntimeFunction

  /// Makes the kernel for the innermost axes of a loop nest of source and destination.
  ///
  /// - Parameters:
  ///   - stride: elements from one step to the next.
  ///   - selectsLast: whether the last of equal elements is found.
  package init(
    _ source: Operand, stride: Int, steps: Int, to destination: Operand, _ nest: [LoopNest.Axis],
    findsMinimum: Bool, selectsLast: Bool
  ) {
    self.source = source.along(nest, operand: 0, inner: [stride])
    self.destination = destination.along(nest, operand: 1, inner: [0])
    axes = nest.whole + [.whole(steps)]
    let name: RuntimeFunction.Name =
      switch (findsMinimum, selectsLast) {
      case (false, false): .isLarger
      case (false, true): .isNotSmaller
      case (true, false): .isSmaller
      case (true, true): .isNotLarger
      }
    isBetter = RuntimeFunction(binary: .runtime(name), in: [.scalarReduction])
  }

  package var file: RuntimeFile { .scalarReduction }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .integer("stride", source.innerStride()),
      .integer("steps", axes[4].extent), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", shape), .function(isBetter),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// Running sums along an axis, of any type: those of floating-point numbers are kept in Float64 and rounded once each.
///
/// Axes: four around the sequences, then the sequence, whose strides are negative when summing begins at the end.
package struct AccumulateScalars: StridedKernel {
  package var name: String { "accumulateScalars" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  /// Whether an element's own value is left out of its sum.
  package var isExclusive: Bool
  package var scalar: ScalarType

  /// Makes the kernel for the innermost axes of a loop nest of source and destination.
  package init(
    _ source: Operand, stride sourceStride: Int, to destination: Operand, stride destinationStride: Int,
    _ nest: [LoopNest.Axis], steps: Int, isExclusive: Bool, of scalar: ScalarType
  ) {
    self.source = source.along(nest, operand: 0, inner: [sourceStride])
    self.destination = destination.along(nest, operand: 1, inner: [destinationStride])
    axes = nest.whole + [.whole(steps)]
    self.isExclusive = isExclusive
    self.scalar = scalar
  }

  package var file: RuntimeFile { .scalarReduction }

  package var arguments: [KernelArgument] {
    let isFloat = scalar.isFloatingPoint
    let add =
      isFloat
      ? RuntimeFunction(binary: .runtime(.addInDouble), in: [.scalarReduction])
      : RuntimeFunction(binary: .elements(.add), in: [.elementFunctions])
    let finish = isFloat ? RuntimeFunction(unary: .type(scalar), in: []) : .identity
    return [
      .pointer(source), .axes(source.outerStrides), .integer("stride", source.innerStride()),
      .pointer("to", destination), .axes(destination.outerStrides), .integer("stride", destination.innerStride()),
      .axes("shape", shape), .integer("steps", axes[4].extent), .boolean("isExclusive", isExclusive),
      .number("from", isFloat ? .double(0) : .integer(0)), .function(add),
      .function(finish),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}
