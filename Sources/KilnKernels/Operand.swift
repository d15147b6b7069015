import KilnGraph

/// Elements that a kernel reads or writes: where the first is, and how far apart neighbours along the kernel's axes are.
package struct Operand: Hashable, Sendable {
  /// Whose elements they are.
  package enum Memory: Hashable, Sendable {
    /// A computed value's, or a model input's.
    case value(ValueID)
    /// A table's of constants.
    case table(TableID)
    /// The layer's workspace, so many of its floats from the operand's first on: they are gone after the layer. The planner
    /// moves those of each worker to a part of its own.
    case workspace(count: Int)
  }

  /// Whose elements they are.
  package var memory: Memory
  /// The first, in elements from the value's, the table's or the layer's workspace's own first; it may lie in a value's border.
  package var offset: Int
  /// Elements between neighbours along each of the kernel's axes; empty for kernels with a geometry of their own.
  package var strides: [Int]
  /// How the first element moves from strip to strip.
  package var moves: [StripMove] = []
  /// Elements from a worker's first to the next worker's, where workers that compute strips have memory of their own.
  package var workerStep = 0

  /// Makes an operand.
  package init(_ memory: Memory, offset: Int = 0, strides: [Int] = []) {
    self.memory = memory
    self.offset = offset
    self.strides = strides
  }

  /// The value; `nil` for a table of constants.
  package var value: ValueID? { if case .value(let value) = memory { value } else { nil } }

  /// The table; `nil` for a value.
  package var table: TableID? { if case .table(let table) = memory { table } else { nil } }

  /// Floats of the layer's workspace up to the operand's last; 0 for other memory.
  package var workspaceCount: Int { if case .workspace(let count) = memory { offset + count } else { 0 } }

  /// The strides along the four outermost axes.
  var outerStrides: [Int] { Array(strides.prefix(LoopNest.kernelAxisCount)) }

  /// The stride along one of the axes after those.
  func innerStride(_ axis: Int = 0) -> Int { strides[LoopNest.kernelAxisCount + axis] }

  /// The same elements with the strides of axes that a loop nest was made from, then those of inner axes.
  package func along(_ axes: [LoopNest.Axis], operand: Int, inner: [Int] = []) -> Operand {
    var result = self
    result.strides = axes.paddedStrides(of: operand) + inner
    return result
  }
}

/// Names a table of constants of one program.
package struct TableID: Hashable, Sendable {
  /// The table's index.
  package let index: Int

  /// Names the table of that index.
  package init(index: Int) { self.index = index }
}

/// How far a pointer moves from strip to strip, where layers are computed together in strips of rows.
package struct StripMove: Hashable, Sendable {
  /// The layer's number among those.
  package var member: Int
  /// Elements for each row of that layer that comes before the strip's.
  package var elements: Int

  /// Makes a move.
  package init(member: Int, elements: Int) {
    self.member = member
    self.elements = elements
  }
}
