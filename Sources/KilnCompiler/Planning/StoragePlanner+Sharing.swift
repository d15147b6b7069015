import KilnGraph

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
    guard let input = node.inputs[0], graph.constant(input) == nil else { return }
    let output = node.outputs[0]
    // The result is the parent where it will itself be placed in a larger value, or is the caller's.
    let prefersOutput = external.contains(output) || graph.users(of: output).contains { graph[$0].operation is Concat }
    if prefersOutput, !external.contains(input), forest.isRoot(input), tryPlacing(input, in: output, .reshape) {
      return
    }
    if !external.contains(output) { _ = tryPlacing(output, in: input, .reshape) }
  }

  private mutating func shareSlice(_ slice: Slice, _ node: Node) {
    guard let input = node.inputs[0], graph.constant(input) == nil, !external.contains(node.outputs[0]) else { return }
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
      let family = forest.members(with: input)
      let isLastReader = family.allSatisfy { member in
        graph.users(of: member).allSatisfy { position[$0].map { $0 <= here } ?? true }
      }
      let isOnlyOperand = node.inputs.filter { $0.map { family.contains($0) } ?? false }.count == 1
      guard isLastReader, isOnlyOperand, !external.contains(forest.root(of: input)),
        bordersAgree(family, forest.members(with: output))
      else { continue }
      let rank = graph.type(of: output).rank
      let whole = AliasForest.Placement.block(
        starts: Array(repeating: 0, count: rank), steps: Array(repeating: 1, count: rank))
      if forest.isRoot(input) ? tryPlacing(input, in: output, whole) : tryPlacing(output, in: input, whole) { return }
    }
  }

  /// Whether sharing costs no border: not one side needs a border while the other must be dense.
  private func bordersAgree(_ a: [ValueID], _ b: [ValueID]) -> Bool {
    let together = a + b
    return !(together.contains { wantsBorder($0) } && together.contains { mustBeDense.contains($0) })
  }

  private func wantsBorder(_ value: ValueID) -> Bool {
    graph.users(of: value).contains { user in
      graph[user].inputs[0] == value && !(storage[user]?.border.isEmpty ?? true)
    }
  }

  /// Places `child` in `parent` if every value inside it can still be used as its kernels ask.
  private mutating func tryPlacing(_ child: ValueID, in parent: ValueID, _ placement: AliasForest.Placement) -> Bool {
    guard forest.isRoot(child), forest.root(of: parent) != child, !external.contains(child) else { return false }
    forest.place(child, in: parent, placement)
    let fits = forest.subtree(of: child).allSatisfy { member in
      guard let layout = forest.denseRootLayout(of: member) else { return false }
      let shape = graph.type(of: member).shape
      if isDense(shape, layout.strides) { return true }
      return !mustBeDense.contains(member) && shape.count == 4 && (layout.strides[3] == 1 || shape[3] == 1)
        && layout.strides.allSatisfy { $0 > 0 }
    }
    if !fits { forest.detach(child) }
    return fits
  }
}
