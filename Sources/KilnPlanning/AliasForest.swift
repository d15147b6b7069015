import KilnGraph
import KilnLowering

/// Which values share memory: each value is a root with memory of its own, or lies inside a parent.
///
/// Blocks of blocks are put into the outer one at once, and ancestors are remembered, so that long chains of values on each
/// other cost no more than short ones.
struct AliasForest {
  /// How a value lies inside its parent.
  enum Placement: Hashable {
    /// A block of the parent with the parent's strides, starting at these indices and taking every `steps`-th element.
    case block(starts: [Int], steps: [Int])
    /// The parent's elements with other dimensions; both are dense.
    case reshape
  }

  /// What matters about all values that share a root's memory.
  struct Family {
    /// The position of the last node that reads one of them; -1 when there is none.
    var lastReader = -1
    /// What kernels that read one of them ask for around images: nothing, or borders of one number, or of several.
    var borderNumbers: Set<Int> = []
    /// Whether one of them must be dense.
    var mustBeDense = false

    /// That of two families together.
    func union(_ other: Family) -> Family {
      Family(
        lastReader: max(lastReader, other.lastReader), borderNumbers: borderNumbers.union(other.borderNumbers),
        mustBeDense: mustBeDense || other.mustBeDense)
    }
  }

  /// Where a value lies: its first element and its strides, in elements of its root's memory.
  typealias Location = (offset: Int, strides: [Int])

  private let graph: Graph
  private var parents: [(value: ValueID, placement: Placement)?]
  private var children: [[ValueID]]
  /// For each value one above it; `nil` for roots.
  private var ancestors: [ValueID?]
  /// Of roots.
  private var families: [Family]

  /// Makes a forest of roots.
  ///
  /// - Parameter families: for each value of the graph, what it alone wants.
  init(graph: Graph, families: [Family]) {
    self.graph = graph
    self.families = families
    parents = Array(repeating: nil, count: graph.valueCount)
    children = Array(repeating: [], count: graph.valueCount)
    ancestors = Array(repeating: nil, count: graph.valueCount)
  }

  /// The value whose memory holds `value`.
  ///
  /// Complexity: almost constant, amortised (union-find with path halving; Tarjan, 1975).
  mutating func root(of value: ValueID) -> ValueID {
    var root = value
    while let above = ancestors[root.index] {
      if let next = ancestors[above.index] { ancestors[root.index] = next }
      root = above
    }
    return root
  }

  /// What matters about everything that shares memory with `value`.
  mutating func family(of value: ValueID) -> Family { families[root(of: value).index] }

  /// Whether the value has memory of its own.
  func isRoot(_ value: ValueID) -> Bool { parents[value.index] == nil }

  /// Puts a root inside another value.
  mutating func place(_ child: ValueID, in parent: ValueID, _ placement: Placement) {
    let root = root(of: parent)
    precondition(isRoot(child) && root != child)
    var (parent, placement) = (parent, placement)
    while let outer = parents[parent.index], let joined = joined(outer.placement, placement, child, parent) {
      (parent, placement) = (outer.value, joined)
    }
    parents[child.index] = (parent, placement)
    children[parent.index].append(child)
    ancestors[child.index] = root
    families[root.index] = families[root.index].union(families[child.index])
  }

  /// Where a value would lie if it were placed so and all roots were dense; `nil` when it can't.
  func location(of child: ValueID, placed placement: Placement, in parent: ValueID) -> Location? {
    locationInDenseRoot(of: parent).flatMap { location(of: child, placement, parent, $0) }
  }

  /// Where a value and everything inside it lie when it lies so; `nil` when a reshape on the way isn't dense.
  func locations(inside value: ValueID, _ location: Location) -> [(value: ValueID, location: Location)]? {
    var members = [(value: value, location: location)]
    var next = 0
    while next < members.count {
      let (parent, outer) = members[next]
      for child in children[parent.index] {
        guard let placement = parents[child.index]?.placement,
          let inner = self.location(of: child, placement, parent, outer)
        else { return nil }
        members.append((child, inner))
      }
      next += 1
    }
    return members
  }

  /// Where a value lies when its root is dense.
  private func locationInDenseRoot(of value: ValueID) -> Location? {
    var path = [value]
    while let parent = parents[path[path.count - 1].index] { path.append(parent.value) }
    var location: Location = (0, graph.type(of: path[path.count - 1]).shape.rowMajorStrides)
    for (child, parent) in zip(path.dropLast(), path.dropFirst()).reversed() {
      guard let placement = parents[child.index]?.placement,
        let inner = self.location(of: child, placement, parent, location)
      else { return nil }
      location = inner
    }
    return location
  }

  private func location(of child: ValueID, _ placement: Placement, _ parent: ValueID, _ outer: Location) -> Location? {
    switch placement {
    case .block(let starts, let steps):
      let offset = zip(starts, outer.strides).reduce(outer.offset) { $0 + $1.0 * $1.1 }
      return (offset, zip(outer.strides, steps).map { $0 * $1 })
    case .reshape:
      guard isDense(graph.type(of: parent).shape, outer.strides) else { return nil }
      return (outer.offset, graph.type(of: child).shape.rowMajorStrides)
    }
  }

  /// The placement of `child` in the parent of its parent, when that is as simple.
  private func joined(_ outer: Placement, _ inner: Placement, _ child: ValueID, _ parent: ValueID) -> Placement? {
    switch (outer, inner) {
    case (.block(let outerStarts, let outerSteps), .block(let starts, let steps)):
      return .block(
        starts: zip(zip(outerStarts, outerSteps), starts).map { $0.0 + $0.1 * $1 },
        steps: zip(outerSteps, steps).map { $0 * $1 })
    case (.reshape, .reshape): return .reshape
    case (.reshape, .block(_, let steps)):
      // All of it.
      let isWhole = graph.type(of: child).shape == graph.type(of: parent).shape && steps.allSatisfy { $0 == 1 }
      return isWhole ? .reshape : nil
    case (.block, .reshape): return nil
    }
  }
}
