import KilnGraph

extension LayoutRewriter {
  /// Joins a transposition with the one that its input comes through.
  ///
  /// Its result may be computed in the input's layout too, at no cost: that is its twin.
  mutating func visitTranspose(_ id: NodeID, _ operation: Transpose) throws(PassError) {
    let node = graph[id]
    guard let input = node.data else { return }
    let twin =
      twin(of: input) ?? PermutedValue(value: input, permutation: Array(operation.permutation.indices))
    let inverse = twin.permutation.inversePermutation
    let joined = operation.permutation.map { inverse[$0] }
    let output = node.outputs[0]
    if joined.isIdentityPermutation {
      graph.replaceUses(of: output, with: twin.value)
      graph.remove(id)
      return
    }
    let shape = graph.type(of: twin.value).shape
    let isReshape = joined.keepsOrder(of: shape)
    graph.replace(
      id, with: isReshape ? Reshape(to: shape.permuted(by: joined)) : Transpose(joined), inputs: [twin.value])
    let undone = operation.permutation.inversePermutation
    let permutation = twin.permutation.map { undone[$0] }
    setTwin(of: output, to: PermutedValue(value: twin.value, permutation: permutation))
  }

  /// Moves a transposition after a reshape that splits and merges axes which stay neighbours.
  ///
  /// Where a merge needs axes in an order in which the twin doesn't have them, one transposition brings them there, unless
  /// that is the original's order.
  mutating func visitReshape(_ id: NodeID, _ operation: Reshape) throws(PassError) {
    let node = graph[id]
    guard let input = node.data, let twin = twin(of: input) else { return }
    let shape = graph.type(of: input).shape
    guard let groups = ReshapeGroup.groups(from: shape, to: operation.shape) else { return }
    // The groups in the order of the twin, and the axes of each in their own order.
    let present = twin.permutation.filter { shape[$0] != 1 }
    var ordered: [ReshapeGroup] = []
    for axis in twin.permutation {
      guard let group = groups.first(where: { $0.source.contains(axis) }), !ordered.contains(group) else { continue }
      let hasExtent = group.source.contains { shape[$0] != 1 }
      if !hasExtent || shape[axis] != 1 { ordered.append(group) }
    }
    let wanted = ordered.flatMap { $0.source }
    guard !wanted.keepsOrder(of: shape) else { return }
    let source =
      wanted.filter { shape[$0] != 1 } == present ? twin.value : try permuted(input, by: wanted, before: id)
    let permutation = ordered.flatMap { $0.target }
    let result = try graph.add(
      Reshape(to: operation.shape.permuted(by: permutation)), name: node.name, inputs: [source],
      outputName: name(of: id, permutation: permutation), folded: node.folded, before: id)
    try replace(id, byTwin: result, permutation: permutation)
  }
}

/// Neighbouring axes that a reshape makes other neighbouring axes of, with the same number of elements.
private struct ReshapeGroup: Hashable {
  var source: Range<Int>
  var target: Range<Int>

  /// The smallest groups of a reshape; `nil` when a tensor has no elements.
  static func groups(from source: [Int], to target: [Int]) -> [ReshapeGroup]? {
    guard source.elementCount > 0, source.elementCount == target.elementCount else { return nil }
    var groups: [ReshapeGroup] = []
    var (from, to) = (0, 0)
    while from < source.count, to < target.count {
      var group = ReshapeGroup(source: from..<from + 1, target: to..<to + 1)
      while source[group.source].reduce(1, *) != target[group.target].reduce(1, *) {
        if source[group.source].reduce(1, *) < target[group.target].reduce(1, *) {
          group.source = from..<group.source.upperBound + 1
        } else {
          group.target = to..<group.target.upperBound + 1
        }
      }
      (from, to) = (group.source.upperBound, group.target.upperBound)
      groups.append(group)
    }
    // Axes of extent 1 that are left.
    guard !groups.isEmpty else { return nil }
    groups[groups.count - 1].source = groups[groups.count - 1].source.lowerBound..<source.count
    groups[groups.count - 1].target = groups[groups.count - 1].target.lowerBound..<target.count
    return groups
  }
}
