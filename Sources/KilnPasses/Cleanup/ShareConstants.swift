import KilnGraph

/// Makes nodes whose constants are equal, byte for byte, read the same one.
///
/// Models repeat scalars and tied weights, and folding the same into tied weights gives equal ones; each table is then in
/// the binary once.
package struct ShareConstants: Pass {
  package let name = "share-constants"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    var known = TensorIndex<ValueID>()
    var visited: Set<ValueID> = []
    for id in graph.nodeIDs {
      for value in graph[id].inputs.compactMap(\.self) {
        guard let constant = graph.constant(value), visited.insert(value).inserted else { continue }
        if let same = known.name(of: constant) {
          graph.replaceUses(of: value, with: same)
        } else {
          known.add(constant, value)
        }
      }
    }
  }
}
