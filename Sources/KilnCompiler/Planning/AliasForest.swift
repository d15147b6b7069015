import KilnGraph

/// Which values share memory: each value is a root with memory of its own, or lies inside a parent.
struct AliasForest {
  /// How a value lies inside its parent.
  enum Placement: Hashable {
    /// A block of the parent with the parent's strides, starting at these indices and taking every `steps`-th element.
    case block(starts: [Int], steps: [Int])
    /// The parent's elements with other dimensions; both are dense.
    case reshape
  }

  private let graph: Graph
  private var parents: [ValueID: (value: ValueID, placement: Placement)] = [:]
  private var children: [ValueID: [ValueID]] = [:]

  init(graph: Graph) { self.graph = graph }

  /// The value whose memory holds `value`.
  func root(of value: ValueID) -> ValueID {
    var root = value
    while let parent = parents[root] { root = parent.value }
    return root
  }

  /// Whether the value has memory of its own.
  func isRoot(_ value: ValueID) -> Bool { parents[value] == nil }

  /// The value and everything that lies inside it.
  func subtree(of value: ValueID) -> [ValueID] {
    var members = [value]
    var next = 0
    while next < members.count {
      members += children[members[next]] ?? []
      next += 1
    }
    return members
  }

  /// Everything that shares memory with `value`.
  func members(with value: ValueID) -> [ValueID] { subtree(of: root(of: value)) }

  /// Puts a root inside another value.
  mutating func place(_ child: ValueID, in parent: ValueID, _ placement: Placement) {
    precondition(isRoot(child) && root(of: parent) != child)
    parents[child] = (parent, placement)
    children[parent, default: []].append(child)
  }

  /// Takes a value out of its parent again.
  mutating func detach(_ child: ValueID) {
    guard let parent = parents.removeValue(forKey: child) else { return }
    children[parent.value]?.removeAll { $0 == child }
  }

  /// The offset and the strides of a value when its root begins at `offset` with `strides`; `nil` when a reshape on the
  /// way isn't dense.
  func layout(of value: ValueID, rootOffset: Int, rootStrides: [Int]) -> (offset: Int, strides: [Int])? {
    guard let parent = parents[value] else { return (rootOffset, rootStrides) }
    guard let outer = layout(of: parent.value, rootOffset: rootOffset, rootStrides: rootStrides) else { return nil }
    switch parent.placement {
    case .block(let starts, let steps):
      let offset = zip(starts, outer.strides).reduce(outer.offset) { $0 + $1.0 * $1.1 }
      return (offset, zip(outer.strides, steps).map { $0 * $1 })
    case .reshape:
      guard isDense(graph.type(of: parent.value).shape, outer.strides) else { return nil }
      return (outer.offset, graph.type(of: value).shape.rowMajorStrides)
    }
  }

  /// The layout of a value when its root is dense.
  func denseRootLayout(of value: ValueID) -> (offset: Int, strides: [Int])? {
    layout(of: value, rootOffset: 0, rootStrides: graph.type(of: root(of: value)).shape.rowMajorStrides)
  }
}

/// Whether elements with these strides are contiguous and in row-major order.
func isDense(_ shape: [Int], _ strides: [Int]) -> Bool {
  zip(zip(shape, strides), shape.rowMajorStrides).allSatisfy { $0.0 == 1 || $0.1 == $1 }
}
