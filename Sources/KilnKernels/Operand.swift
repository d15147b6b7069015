import KilnGraph

/// Elements that a kernel reads or writes: where the first is, and how far apart neighbours along the kernel's axes are.
package struct Operand: Hashable, Sendable {
  /// Whose elements they are.
  package enum Memory: Hashable, Sendable {
    /// A computed value's, or a model input's.
    case value(ValueID)
    /// A table's of constants.
    case table(TableID)
  }

  /// Whose elements they are.
  package var memory: Memory
  /// The first, in elements from the value's or the table's own first; it may lie in a value's border.
  package var offset: Int
  /// Elements between neighbours along each of the kernel's axes; empty for kernels with a geometry of their own.
  package var strides: [Int]
  /// How the first element moves from strip to strip.
  package var moves: [StripMove] = []

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
  package var stage: Int
  /// Elements for each row of that layer that comes before the strip's.
  package var elements: Int

  /// Makes a move.
  package init(stage: Int, elements: Int) {
    self.stage = stage
    self.elements = elements
  }
}

/// Memory that the calls of a layer may use as they like and that is gone after the layer.
package struct Workspace: Hashable, Sendable {
  /// The first float, from the layer's own first. Calls that may run at once use different parts.
  package var offset: Int
  /// Floats.
  package var count: Int

  /// Makes a part of a layer's workspace.
  package init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }
}
