import KilnRuntimeSources

/// Products of row-major float32 matrices, `[rows, depth]` by `[depth, columns]`.
///
/// Each result is one chain of fused multiply-adds in the order of the depth: with K products the error is at most `K *
/// 2^-24` times the sum of their magnitudes.
///
/// Axes: four around the matrices; then rows, depth and columns, whole.
package struct MultiplyMatrices: StridedKernel {
  package var name: String { "multiplyMatrices" }
  package var left: Operand
  package var right: Operand
  package var destination: Operand
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of left, right and destination.
  package init(
    _ left: Operand, _ right: Operand, to destination: Operand, _ nest: [LoopNest.Axis], rows: Int, depth: Int,
    columns: Int
  ) {
    self.left = left.along(nest, operand: 0, inner: [depth, 1, 0])
    self.right = right.along(nest, operand: 1, inner: [0, columns, 1])
    self.destination = destination.along(nest, operand: 2, inner: [columns, 0, 1])
    axes = nest.divisible + [.whole(rows), .whole(depth), .whole(columns)]
  }

  package var file: RuntimeFile { .matrixProduct }

  package var arguments: [KernelArgument] { matrixArguments(left, right, destination) }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&left)
    reads(&right)
    writes(&destination)
  }
}

/// Products of row-major matrices of any numbers, one product at a time: integers wrap around, sums of floating-point numbers
/// are rounded twice for each product, in the order of the depth.
///
/// Axes: four around the matrices; then rows, depth and columns.
package struct MultiplyScalars: StridedKernel {
  package var name: String { "multiplyScalars" }
  package var left: Operand
  package var right: Operand
  package var destination: Operand
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of left, right and destination.
  package init(
    _ left: Operand, _ right: Operand, to destination: Operand, _ nest: [LoopNest.Axis], rows: Int, depth: Int,
    columns: Int
  ) {
    self.left = left.along(nest, operand: 0, inner: [depth, 1, 0])
    self.right = right.along(nest, operand: 1, inner: [0, columns, 1])
    self.destination = destination.along(nest, operand: 2, inner: [columns, 0, 1])
    axes = nest.whole + [.whole(rows), .whole(depth), .whole(columns)]
  }

  package var file: RuntimeFile { .scalarProduct }

  package var arguments: [KernelArgument] {
    matrixArguments(left, right, destination)
    [.integer("from", 0), .function(RuntimeFunction(ternary: .runtime(.addProduct), in: [.scalarProduct]))]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&left)
    reads(&right)
    writes(&destination)
  }
}

/// Products of row-major matrices of quantised numbers: exact sums modulo 2^32, one product at a time.
///
/// Axes: four around the matrices; then rows, depth and columns.
package struct MultiplyIntegers: StridedKernel {
  /// A matrix and its zero points.
  package struct Side: Sendable {
    package var matrix: Operand
    /// Zero points, `step` apart for each row on the left, for each column on the right; `nil` for 0.
    package var zero: Operand?
    package var step: Int

    /// Makes a side.
    package init(_ matrix: Operand, zero: Operand?, step: Int) {
      self.matrix = matrix
      self.zero = zero
      self.step = step
    }

    fileprivate var arguments: [KernelArgument] {
      [
        .pointer(matrix), .axes(matrix.outerStrides), .optionalPointer("zero", zero), .integer("step", step),
      ]
    }

    fileprivate mutating func update(reads: (inout Operand) -> Void) {
      reads(&matrix)
      if var zero {
        reads(&zero)
        self.zero = zero
      }
    }
  }

  package var name: String { "multiplyIntegers" }
  package var left: Side
  package var right: Side
  package var destination: Operand
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of left, right and destination.
  package init(
    _ left: Side, _ right: Side, to destination: Operand, _ nest: [LoopNest.Axis], rows: Int, depth: Int, columns: Int
  ) {
    self.left = left
    self.left.matrix = left.matrix.along(nest, operand: 0, inner: [depth, 1, 0])
    self.right = right
    self.right.matrix = right.matrix.along(nest, operand: 1, inner: [0, columns, 1])
    self.destination = destination.along(nest, operand: 2, inner: [columns, 0, 1])
    axes = nest.whole + [.whole(rows), .whole(depth), .whole(columns)]
  }

  package var file: RuntimeFile { .scalarProduct }

  package var arguments: [KernelArgument] {
    left.arguments
    right.arguments
    [
      .pointer("to", destination), .axes(destination.outerStrides), .axes("shape", shape),
      .integer("rows", axes[4].extent), .integer("depth", axes[5].extent), .integer("columns", axes[6].extent),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    left.update(reads: reads)
    right.update(reads: reads)
    writes(&destination)
  }
}

extension StridedKernel {
  /// The arguments that both products have.
  fileprivate func matrixArguments(_ left: Operand, _ right: Operand, _ destination: Operand) -> [KernelArgument] {
    [
      .pointer(left), .axes(left.outerStrides), .pointer(right), .axes(right.outerStrides),
      .pointer("to", destination), .axes(destination.outerStrides), .axes("shape", shape),
      .integer("rows", axes[4].extent), .integer("depth", axes[5].extent), .integer("columns", axes[6].extent),
    ]
  }
}
