import KilnGraph

/// Moves the addition of a residual into the last step of one of the layers that it adds:
/// `y = f(W * x + b + r)`, or `y = f(W * x + b) + r` when the layer has an activation already.
///
/// Applies to an addition of two computed tensors of the same shape (no broadcasting), in either order, one of which is
/// what a convolution, a transposed convolution, a fully connected layer, a normalisation or a per-channel multiply-add
/// computes for nobody else. The layer moves to the addition's place, where the residual is there. Of two such layers, one
/// without an activation is taken, then the later one, whose input is the more likely to be there anyway.
///
/// Source: He et al., "Deep Residual Learning", 2016 (before the activation); YOLOv3's bottlenecks (after it).
package struct FuseResiduals: Pass {
  package let name = "fuse-residual"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    let order = graph.nodeIDs
    let position = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    for id in order where graph.contains(id) && graph.isPlainAddition(id) {
      let candidates = graph[id].inputs.compactMap(\.self).compactMap { value -> Candidate? in
        guard graph.soleUser(of: value) == id, let producer = graph.producer(of: value) else { return nil }
        return Candidate(producer, position: position[producer] ?? 0, graph)
      }
      guard let best = candidates.max(by: { $0.rank < $1.rank }),
        let addend = graph[id].inputs.compactMap(\.self).first(where: { $0 != graph[best.node].outputs[0] })
      else { continue }
      var inputs = graph[best.node].inputs
      while inputs.count <= LinearOperand.addend { inputs.append(nil) }
      inputs[LinearOperand.addend] = addend
      graph.merge([id], into: best.node, as: best.operation, inputs: inputs, pass: name)
    }
  }

  /// A layer that could add the residual.
  private struct Candidate {
    let node: NodeID
    /// The layer's operator with the addend in its epilogue.
    let operation: any EpilogueOperator
    /// What makes one layer better than another.
    let rank: (hasNoActivation: Int, position: Int)

    init?(_ node: NodeID, position: Int, _ graph: Graph) {
      guard var operation = graph.epilogueOperator(node), operation.epilogue.addend == nil else { return nil }
      let hasActivation = operation.epilogue.activation != nil
      operation.epilogue.addend = hasActivation ? .afterActivation : .beforeActivation
      self.node = node
      self.operation = operation
      rank = (hasActivation ? 0 : 1, position)
    }
  }
}

extension Graph {
  /// Whether the node adds two computed tensors of the same type.
  func isPlainAddition(_ id: NodeID?) -> Bool {
    guard let id, let binary = self[id].operation as? Binary, binary.function == .add else { return false }
    return hasEqualComputedOperands(id)
  }

  /// Whether the node reads two different computed tensors of the same type.
  func hasEqualComputedOperands(_ id: NodeID) -> Bool {
    guard let left = self[id].data, let right = self[id].inputs[BinaryOperand.right] else { return false }
    return left != right && type(of: left) == type(of: right) && constant(left) == nil && constant(right) == nil
  }
}
