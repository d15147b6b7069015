import KilnGraph
import KilnLowering

/// Which values share memory.
extension StoragePlanner {
  mutating func shareMemory() {
    for id in graph.nodeIDs {
      let node = graph[id]
      switch node.operation {
      case is Reshape: shareReshape(node)
      case let slice as Slice: shareSlice(slice, node)
      case let concat as Concat: shareConcat(concat, node)
      default: shareInPlace(id, node)
      }
    }
  }

  private mutating func shareReshape(_ node: Node) {
    guard let input = node.data, graph.constant(input) == nil else { return }
    let output = node.outputs[0]
    // The result is the parent where it will itself be placed in a larger value, or is the caller's.
    let prefersOutput = external.contains(output) || graph.users(of: output).contains { graph[$0].operation is Concat }
    if prefersOutput, !external.contains(input), forest.isRoot(input), tryPlacing(input, in: output, .reshape) {
      return
    }
    if !external.contains(output) { _ = tryPlacing(output, in: input, .reshape) }
  }

  private mutating func shareSlice(_ slice: Slice, _ node: Node) {
    guard let input = node.data, graph.constant(input) == nil, !external.contains(node.outputs[0]) else { return }
    _ = tryPlacing(node.outputs[0], in: input, .block(starts: slice.starts, steps: slice.steps))
  }

  private mutating func shareConcat(_ concat: Concat, _ node: Node) {
    let output = node.outputs[0]
    var starts = [Int](repeating: 0, count: graph.type(of: output).rank)
    let steps = [Int](repeating: 1, count: starts.count)
    for input in node.inputs.compactMap(\.self) {
      if graph.constant(input) == nil, !external.contains(input), forest.isRoot(input), forest.root(of: output) != input
      {
        _ = tryPlacing(input, in: output, .block(starts: starts, steps: steps))
      }
      starts[concat.axis] += graph.type(of: input).shape[concat.axis]
    }
  }

  private mutating func shareInPlace(_ id: NodeID, _ node: Node) {
    guard let here = position[id], let request = storage[id] else { return }
    let output = node.outputs[0]
    for operand in request.inPlaceInputs {
      guard let input = node.inputs[operand], graph.constant(input) == nil,
        graph.type(of: input) == graph.type(of: output), forest.root(of: input) != forest.root(of: output)
      else { continue }
      let (root, family) = (forest.root(of: input), forest.family(of: input))
      guard family.lastReader <= here, !external.contains(root), bordersAgree(family, forest.family(of: output)),
        node.inputs.compactMap(\.self).filter({ forest.root(of: $0) == root }).count == 1
      else { continue }
      let rank = graph.type(of: output).rank
      let whole = AliasForest.Placement.block(
        starts: Array(repeating: 0, count: rank), steps: Array(repeating: 1, count: rank))
      if forest.isRoot(input) ? tryPlacing(input, in: output, whole) : tryPlacing(output, in: input, whole) { return }
    }
  }

  /// Whether sharing costs no border: not one side needs a border while the other must be dense, or one of another number.
  private func bordersAgree(_ a: AliasForest.Family, _ b: AliasForest.Family) -> Bool {
    let together = a.union(b)
    return together.borderNumbers.isEmpty || together.borderNumbers.count == 1 && !together.mustBeDense
  }

  /// Places `child` in `parent` if every value inside it can still be used as its kernels ask.
  private mutating func tryPlacing(_ child: ValueID, in parent: ValueID, _ placement: AliasForest.Placement) -> Bool {
    guard forest.isRoot(child), forest.root(of: parent) != child, !external.contains(child) else { return false }
    guard let location = forest.location(of: child, placed: placement, in: parent) else { return false }
    // Inside a dense value everything stays as it was.
    if !isDense(graph.type(of: child).shape, location.strides) {
      guard let members = forest.locations(inside: child, location), members.allSatisfy({ fits($0.value, $0.location) })
      else {
        return false
      }
    }
    forest.place(child, in: parent, placement)
    return true
  }

  private func fits(_ value: ValueID, _ location: AliasForest.Location) -> Bool {
    let shape = graph.type(of: value).shape
    if isDense(shape, location.strides) { return true }
    return !mustBeDense.contains(value) && shape.count == 4 && (location.strides[3] == 1 || shape[3] == 1)
      && location.strides.allSatisfy { $0 > 0 }
  }
}
