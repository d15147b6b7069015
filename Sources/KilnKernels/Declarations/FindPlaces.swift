import KilnRuntimeSources

/// Where elements are true, in order: a row of places for each axis, and how many there are.
package struct FindPlaces: Kernel {
  package var name: String { "findPlaces" }
  /// Dense, of the extents.
  package var source: Operand
  /// Int64, `[axes, capacity]`.
  package var places: Operand
  /// Int64, one number.
  package var found: Operand
  package var extents: [Int]
  package var capacity: Int

  /// Makes the kernel.
  ///
  /// Precondition: there are one to `IndexedAxes.maximumCount` extents.
  package init(_ source: Operand, extents: [Int], to places: Operand, found: Operand, capacity: Int) {
    self.source = source
    self.places = places
    self.found = found
    self.extents = extents
    self.capacity = capacity
  }

  package var file: RuntimeFile { .places }

  package var elementCount: Int { extents.reduce(1, *) }

  package var arguments: [KernelArgument] {
    let unused = [Int](repeating: 1, count: IndexedAxes.maximumCount - extents.count)
    [
      .pointer(source), .integer("count", elementCount), .pointer("to", places), .pointer("found", found),
      .integer("capacity", capacity), .integer("axes", extents.count), .axes("extents", extents.reversed() + unused),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&places)
    writes(&found)
  }
}
