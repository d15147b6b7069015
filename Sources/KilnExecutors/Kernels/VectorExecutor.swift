import KilnKernels

/// Makes the calls that kernels stand for, in this process, with vectors of this module's width.
///
/// Every function here calls one kernel with the arguments of its declaration, in their order, label by label: what an
/// emitted program has as text. The compiler checks the types and labels of the runtime's side, `ArgumentReader` those of the
/// declaration's.
package struct VectorExecutor: KernelExecutor {
  /// Where the operands are.
  let memory: any OperandMemory

  /// Makes an executor.
  package init(_ memory: any OperandMemory) { self.memory = memory }

  /// Lanes of a vector.
  package static var vectorWidth: Int { Vector.scalarCount }

  /// The rows that a member of strips computes in one of them, as the emitted loop has them.
  package static func rows(
    from row: Int, _ count: Int, in band: Range<Int>, scale: Int, after: Int, before: Int, height: Int
  ) -> Range<Int> {
    let rows = StripRows(
      from: row, count, in: StripBand(first: band.lowerBound, end: band.upperBound), scale: scale, after: after,
      before: before, height: height)
    return rows.first..<rows.end
  }

  /// The rows of strips' last member that a worker computes, as the emitted loop has them.
  package static func band(of rows: Int, worker: Int, of workers: Int) -> Range<Int> {
    let band = StripBand(of: rows, worker: worker, of: workers)
    return band.first..<band.end
  }

  /// The arguments of a call.
  func arguments(_ kernel: some Kernel) -> ArgumentReader { ArgumentReader(kernel, memory) }

  /// The type of an operand's elements.
  func element(_ operand: Operand) -> any KernelElement.Type { memory.scalar(of: operand).kernelElement }

  /// The type of a vector kernel's elements.
  func vectors(_ operand: Operand) -> any VectorKernelElement.Type {
    guard let type = element(operand) as? any VectorKernelElement.Type else { fatalError("\(operand) has no vectors") }
    return type
  }
}

/// A type of elements that vector kernels compute with.
protocol VectorKernelElement: KernelElement, VectorElement {}

extension Float: VectorKernelElement {}
extension Float16: VectorKernelElement {}
