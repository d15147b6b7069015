import KilnGraph

/// Merges a linear layer into the one after it when one of them looks at single elements: 1x1 then KxK, KxK then 1x1,
/// fully connected then fully connected.
///
/// Applies when nobody else reads what is between, neither layer has groups, and the merged layer does not multiply more
/// than both do. A KxK convolution with padding takes a 1x1 before it only if that has no bias: at the border it
/// sees 0, not the bias. Does not apply to transposed convolutions, across an activation, or to weights that the model stores
/// in fewer bytes than float32, which merged ones would not be.
///
/// Source: `Folding.sequence(_:_:)`; Ding et al., "Diverse Branch Block", 2021, transform III.
package struct MergeConsecutiveLinear: Pass {
  package let name = "merge-consecutive"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let second = graph.linearLayer(id), graph.soleUser(of: second.input) == id,
        let first = graph.linearLayer(graph.producer(of: second.input)),
        type(of: first.operation) == type(of: second.operation),
        graph.constant(first.weight)?.narrow == nil, graph.constant(second.weight)?.narrow == nil,
        first.reweighted.arrangement == .outputFirst, first.operation.groups == 1, second.operation.groups == 1,
        let window = window(of: first, second, graph), !costsMore(first, second, window, graph),
        let merged = Folding.sequence(graph.weights(of: first), graph.weights(of: second))
      else { continue }
      var inputs = try graph.operands(of: second, with: merged)
      inputs[LinearOperand.input] = first.input
      graph.merge(
        [id], into: first.node, as: second.operation.with(window: window, groups: 1), inputs: inputs, pass: name)
    }
  }

  /// How the merged layer's kernel moves; `nil` when the layers can't be merged.
  private func window(of first: LinearLayer, _ second: LinearLayer, _ graph: Graph) -> Window? {
    if second.operation.window.isPointwise { return first.operation.window }
    guard first.operation.window.isPointwise else { return nil }
    let hasBias = graph.constant(first.bias)?.doubles().contains { $0 != 0 } ?? false
    return hasBias && second.operation.window.hasPadding ? nil : second.operation.window
  }

  private func costsMore(_ first: LinearLayer, _ second: LinearLayer, _ window: Window, _ graph: Graph) -> Bool {
    let separate = [first, second].reduce(0) { sum, layer in
      let node = graph[layer.node]
      return sum
        + layer.operation.multiplyAccumulates(
          inputs: node.inputs.map { $0.map { graph.type(of: $0) } }, outputs: [graph.type(of: layer.output)])
    }
    return graph.type(of: second.output).elementCount * first.shape[1] * window.kernel.elementCount > separate
  }
}
