import KilnGraph

extension LayoutRewriter {
  /// Moves the transpositions before an operator after it, when that doesn't transpose more elements; and those
  /// after it before it, when somebody after wants channels last.
  mutating func visitAgnostic(_ id: NodeID, _ operation: some AxisPermutable) throws(PassError) {
    let node = graph[id]
    let output = graph.type(of: node.outputs[0])
    let operands = node.inputs.enumerated().filter { operation.permutes(operand: $0.offset) }.compactMap(\.element)
      .filter { graph.constant($0) == nil && graph.type(of: $0).elementCount > 1 }
    let total = operands.reduce(0) { $0 + graph.type(of: $1).elementCount }
    let twins = operands.compactMap { twin(of: $0)?.permutation }.filter { $0.count == output.rank }
    guard !twins.isEmpty else {
      guard output.rank >= 3, isWantedChannelsLast(node.outputs[0]) else { return }
      let permutation = [Int].channelsLast(rank: output.rank)
      // A part of something large is better taken first.
      let missing = total - elementsAtHand(operands, permutation)
      guard missing <= 2 * output.elementCount || operands.allSatisfy({ graph.soleUser(of: $0) == nil }) else { return }
      return try visit(id, operation, permutation: permutation)
    }
    var best = (permutation: twins[0], elements: 0)
    // Many operands, few layouts.
    var compared: Set<[Int]> = []
    for permutation in twins where compared.insert(permutation).inserted {
      let elements = elementsAtHand(operands, permutation)
      if elements > best.elements { best = (permutation, elements) }
    }
    guard 2 * best.elements >= total else { return }
    try visit(id, operation, permutation: best.permutation)
  }

  /// How many elements of the operands exist in a layout.
  private func elementsAtHand(_ operands: [ValueID], _ permutation: [Int]) -> Int {
    operands.reduce(0) { $0 + (isAtHand($1, permutation) ? graph.type(of: $1).elementCount : 0) }
  }

  /// Computes an operator on operands with permuted axes.
  mutating func visit(_ id: NodeID, _ operation: some AxisPermutable, permutation: [Int]) throws(PassError) {
    let node = graph[id]
    guard node.outputs.count == 1 else { return }
    var inputs = node.inputs
    for (index, value) in inputs.enumerated() where operation.permutes(operand: index) {
      guard let value else { continue }
      inputs[index] = try operand(value, permutation, before: id)
    }
    let result = try graph.add(
      operation.permutingAxes(by: permutation), name: node.name, inputs: inputs,
      outputName: name(of: id, permutation: permutation), folded: node.folded, before: id)
    try replace(id, byTwin: result, permutation: permutation)
  }

  /// An operand with permuted axes; one with fewer axes, which is broadcast, gets axes of extent 1 before.
  private mutating func operand(
    _ value: ValueID, _ permutation: [Int], before id: NodeID
  ) throws(PassError) -> ValueID {
    let shape = graph.type(of: value).shape
    if shape.allSatisfy({ $0 == 1 }) { return value }
    let missing = permutation.count - shape.count
    guard missing > 0 else { return try permuted(value, by: permutation, before: id) }
    let aligned = Array(repeating: 1, count: missing) + shape
    let permutedShape = aligned.permuted(by: permutation)
    let name = graph[value].name
    // Only the order of the axes that aren't 1 matters, and usually it stays.
    if permutation.keepsOrder(of: aligned) {
      return try reshape(value, to: permutedShape, name: name + permutation.layoutSuffix, before: id)
    }
    let expanded = try reshape(value, to: aligned, name: name + ".expanded", before: id)
    return try permuted(expanded, by: permutation, before: id)
  }

  /// Reduces axes where the operand is computed.
  ///
  /// Axes that are dropped may leave the others in their own order: then no transposition remains.
  mutating func visitReducing(_ id: NodeID, _ operation: some AxisReducing) throws(PassError) {
    guard let twin = twin(of: graph[id].data) else { return }
    let dropped = Set(operation.droppedAxes)
    guard !dropped.isEmpty else { return try visit(id, operation, permutation: twin.permutation) }
    let node = graph[id]
    let kept = (0..<twin.permutation.count).filter { !dropped.contains($0) }
    let permutation = twin.permutation.filter { !dropped.contains($0) }.map { axis in
      kept.prefix { $0 < axis }.count
    }
    let result = try graph.add(
      operation.permutingAxes(by: twin.permutation), name: node.name, inputs: [twin.value],
      outputName: name(of: id, permutation: permutation), folded: node.folded, before: id)
    try replace(id, byTwin: result, permutation: permutation)
  }
}
