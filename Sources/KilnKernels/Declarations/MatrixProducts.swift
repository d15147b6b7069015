import KilnGraph
import KilnRuntimeSources

/// Products of row-major float32 matrices, `[rows, depth]` by `[depth, columns]`. Each result is one chain of fused
/// multiply-adds in the order of the depth: with K products the error is at most `K * 2^-24` times the sum of their
/// magnitudes.
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
    [.integer("from", 0), .function(RuntimeFunction(ternary: "addProduct", in: [.scalarProduct]))]
  }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&left)
    reads(&right)
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
