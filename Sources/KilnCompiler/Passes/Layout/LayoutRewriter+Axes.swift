import KilnGraph

extension LayoutRewriter {
  /// Moves the transpositions in front of an operator behind it, when that doesn't transpose more elements.
  mutating func visitAgnostic(_ id: NodeID, _ operation: some AxisPermutable) throws(PassError) {
    let node = graph[id]
    let rank = graph.type(of: node.outputs[0]).rank
    // Elements that are at hand in a layout, and the layouts in the order of the operands.
    var atHand: [[Int]: Int] = [:]
    var order: [[Int]] = []
    var total = 0
    for (index, value) in node.inputs.enumerated() where operation.permutes(operand: index) {
      guard let value, graph.constant(value) == nil else { continue }
      let type = graph.type(of: value)
      let isFree = type.elementCount <= 1
      total += isFree ? 0 : type.elementCount
      guard let twin = twin(of: value), twin.permutation.count == rank else { continue }
      if atHand.updateValue(atHand[twin.permutation, default: 0] + type.elementCount, forKey: twin.permutation) == nil {
        order.append(twin.permutation)
      }
    }
    guard let best = order.max(by: { atHand[$0, default: 0] < atHand[$1, default: 0] }),
      2 * atHand[best, default: 0] >= total
    else { return }
    try visit(id, operation, permutation: best)
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

  /// An operand with permuted axes; one with fewer axes, which is broadcast, gets axes of extent 1 in front.
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

  /// Reduces axes where the operand is computed. Axes that are dropped may leave the others in their own order: then no
  /// transposition remains.
  mutating func visitReducing(_ id: NodeID, _ operation: some AxisReducing) throws(PassError) {
    guard let twin = twin(of: graph[id].inputs[0]) else { return }
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
