import KilnRuntimeSources

/// The determinants of matrices of float32, by elimination with pivots.
///
/// Determinant.swift of the runtime states the error bound. One thread computes all of them: they share the workspace.
package struct ComputeDeterminants: Kernel {
  package var name: String { "computeDeterminants" }
  package var source: Operand
  package var destination: Operand
  /// Workspace for one matrix.
  package var rows: Operand
  /// How many matrices, and the rows of one.
  package var matrices: Int
  package var size: Int

  /// Makes the kernel.
  package init(_ source: Operand, to destination: Operand, rows: Operand, matrices: Int, size: Int) {
    self.source = source
    self.destination = destination
    self.rows = rows
    self.matrices = matrices
    self.size = size
  }

  package var file: RuntimeFile { .determinant }

  package var elementCount: Int { matrices * size * size * size }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .pointer("to", destination), .pointer("rows", rows), .integer("matrices", matrices),
      .integer("size", size),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
    writes(&rows)
  }
}
