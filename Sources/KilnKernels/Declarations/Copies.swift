import KilnGraph
import KilnRuntimeSources

/// A copy of runs that are contiguous on both sides.
///
/// Exact; source and destination don't overlap.
///
/// Axes: four around the runs, then the run.
package struct CopyRuns: StridedKernel {
  package var name: String { "copyRuns" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package let file: RuntimeFile

  /// Makes the kernel for the innermost axes of a loop nest of two operands.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int, of scalar: ScalarType
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.destination = destination.along(nest, operand: 1, inner: [1])
    axes = nest.divisible + [.run(count)]
    file = scalar.copyFile
  }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", shape), .integer("count", axes[4].extent),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// A copy of matrices that are stored by column in the source and by row in the destination.
///
/// Exact; source and destination don't overlap.
///
/// Axes: four around the matrices, then rows and columns.
package struct CopyTransposed: StridedKernel {
  package var name: String { "copyTransposed" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package let file: RuntimeFile

  /// Makes the kernel for the innermost axes of a loop nest of two operands.
  ///
  /// - Parameters:
  ///   - row: the axis along which the source is contiguous.
  ///   - column: the axis along which the destination is contiguous.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], row: LoopNest.Axis, column: LoopNest.Axis,
    of scalar: ScalarType
  ) {
    self.source = source.along(nest, operand: 0, inner: [1, column.strides[0]])
    self.destination = destination.along(nest, operand: 1, inner: [row.strides[1], 1])
    axes = nest.divisible + [.run(row.extent), .run(column.extent)]
    file = scalar.copyFile
  }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .integer("stride", source.innerStride(1)),
      .pointer("to", destination), .axes(destination.outerStrides), .integer("stride", destination.innerStride(0)),
      .axes("shape", shape), .integer("rows", axes[4].extent), .integer("columns", axes[5].extent),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// A copy of single elements that have a step of their own on each side.
///
/// Exact; source and destination don't overlap.
///
/// Axes: four around the runs, then the run.
package struct CopySteps: StridedKernel {
  package var name: String { "copySteps" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of two operands.
  package init(_ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], run: LoopNest.Axis) {
    self.source = source.along(nest, operand: 0, inner: [run.strides[0]])
    self.destination = destination.along(nest, operand: 1, inner: [run.strides[1]])
    axes = nest.divisible + [.run(run.extent)]
  }

  // Single elements have no use for vectors.
  package var file: RuntimeFile { .copyScalars }

  package var arguments: [KernelArgument] {
    source.scalarArguments()
    destination.scalarArguments("to")
    [.axes("shape", shape), .integer("count", axes[4].extent)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// One number in every element of contiguous runs.
///
/// Exact.
///
/// Axes: four around the runs, then the run.
package struct FillRuns: StridedKernel {
  package var name: String { "fillRuns" }
  package var destination: Operand
  package var axes: [IterationAxis]
  /// What is written.
  package var number: ElementLiteral
  package let file: RuntimeFile

  /// Makes the kernel for the innermost axes of a loop nest of one operand.
  package init(
    _ destination: Operand, _ nest: [LoopNest.Axis], count: Int, with number: Double, of scalar: ScalarType
  ) {
    self.destination = destination.along(nest, operand: 0, inner: [1])
    axes = nest.divisible + [.run(count)]
    self.number = ElementLiteral(number, as: scalar)
    file = scalar.copyFile
  }

  package var arguments: [KernelArgument] {
    [
      .pointer(destination), .axes(destination.outerStrides), .axes("shape", shape),
      .integer("count", axes[4].extent), .number("value", number),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    writes(&destination)
  }
}

extension ScalarType {
  /// The file of the runtime that copies elements of this type.
  fileprivate var copyFile: RuntimeFile { self == .float32 ? .copy : .copyScalars }
}
