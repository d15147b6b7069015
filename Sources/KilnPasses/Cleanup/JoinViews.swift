import KilnGraph

/// Joins reshapes of reshapes and transpositions of transpositions, and writes transpositions that only move axes of
/// extent 1 as reshapes, which cost nothing.
///
/// The second of two reads what the first one does: `reshape(s)(reshape(t)(x)) = reshape(s)(x)`, and
/// `transpose(q)(transpose(p)(x)) = transpose(p[q])(x)`. The first one stays for whoever else reads it.
package struct JoinViews: Pass {
  package let name = "join-views"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      if let transpose = graph[id].operation as? Transpose { join(transpose, id, &graph) }
      if graph[id].operation is Reshape, let input = graph[id].data, let inner = graph.producer(of: input),
        graph[inner].operation is Reshape
      {
        graph.replace(id, with: graph[id].operation, inputs: graph[inner].inputs)
      }
    }
    graph.removeUnused()
  }

  private func join(_ transpose: Transpose, _ id: NodeID, _ graph: inout Graph) {
    var (permutation, input) = (transpose.permutation, graph[id].data)
    if let inner = graph.producer(of: input), let first = graph[inner].operation as? Transpose {
      permutation = permutation.map { first.permutation[$0] }
      input = graph[inner].data
    }
    guard let input else { return }
    let shape = graph.type(of: input).shape
    let isReshape = permutation.keepsOrder(of: shape)
    graph.replace(
      id, with: isReshape ? Reshape(to: shape.permuted(by: permutation)) : Transpose(permutation), inputs: [input])
  }
}
