import KilnGraph

/// Picks a range where known indices name one: `x[:, 1::3]` is exported as Gather, GatherND or GatherElements with constant
/// indices, and a range is a view or a copy of whole runs.
///
/// Must not be done to indices that name an element twice or in another order than the data's.
package struct SliceRegularIndices: Pass {
  package let name = "slice-regular-indices"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard let data = node.data, node.inputs.indices.contains(IndexedOperand.indices),
        let indices = graph.constant(node.inputs[IndexedOperand.indices])
      else { continue }
      let shape = graph.type(of: data).shape
      let slice: Slice? =
        switch node.operation {
        case let gather as Gather: Slice(list: indices, axis: gather.axis, of: shape)
        case let gather as GatherND: Slice(tuples: indices, batchAxes: gather.batchAxes, of: shape)
        case let gather as GatherElements: Slice(elements: indices, axis: gather.axis, of: shape)
        default: nil
        }
      guard let slice else { continue }
      let result = graph.type(of: node.outputs[0]).shape
      if slice.counts == result {
        graph.replace(id, with: slice, inputs: [data])
      } else {
        let range = try graph.add(slice, name: "\(node.name).range", inputs: [data], before: id)
        graph.replace(id, with: Reshape(to: result), inputs: [range])
      }
    }
  }
}
