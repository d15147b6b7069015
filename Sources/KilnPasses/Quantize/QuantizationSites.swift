import KilnGraph

/// Where a network can be quantised: layers that integers would compute, and the tensors between them.
package struct QuantizationSites: Sendable {
  /// A layer, with the tensors that it reads and writes.
  package struct Layer: Sendable {
    /// The convolution or fully connected layer.
    package let node: NodeID
    /// Its name.
    package let name: String
    /// The place of its input among the tensors.
    package let input: Int
    /// The place of its result, after its ReLU or clip; `nil` where that stays real.
    package let output: Int?
    /// The places of both.
    package var tensors: Set<Int> { Set([input, output].compactMap(\.self)) }
  }

  /// The tensors, each of which has 8 bits as long as one of its layers is computed in integers.
  package let tensors: [ValueID]
  /// The layers in the order of the network.
  package let layers: [Layer]
  /// For each tensor, the places of the layers that read or write it, directly or through sums and functions.
  package let layersOfTensor: [[Int]]

  /// The sites of a folded graph.
  ///
  /// - Parameter kept: the names of layers that stay as they are.
  ///
  /// Complexity: O(nodes * tensors without a layer of their own).
  package init(of graph: Graph, keeping kept: Set<String> = []) {
    let values = graph.quantizableValues
    let places = Dictionary(zip(values, values.indices)) { first, _ in first }
    var layers: [Layer] = []
    var supporters = [Set<Int>](repeating: [], count: values.count)
    var neighbours = [Set<Int>](repeating: [], count: values.count)
    for id in graph.nodeIDs {
      let node = graph[id]
      if graph.isQuantizableLayer(id) {
        guard !kept.contains(node.name),
          let input = node.inputs[LinearOperand.input].flatMap({ places[graph.movedSource(of: $0)] })
        else { continue }
        let output = graph.limitedResult(of: id).flatMap { places[$0] }
        supporters[input].insert(layers.count)
        if let output { supporters[output].insert(layers.count) }
        layers.append(Layer(node: id, name: node.name, input: input, output: output))
      } else {
        let operands = node.inputs.compactMap(\.self).map(graph.movedSource(of:))
        let touched = (operands + node.outputs).compactMap { places[$0] }
        for place in touched { neighbours[place].formUnion(touched.filter { $0 != place }) }
      }
    }
    // What only sums and functions touch has the layers of what is around.
    var isSettled = false
    let own = supporters.map { !$0.isEmpty }
    while !isSettled {
      isSettled = true
      for place in values.indices where !own[place] {
        let around = neighbours[place].reduce(into: supporters[place]) { $0.formUnion(supporters[$1]) }
        if around.count > supporters[place].count {
          supporters[place] = around
          isSettled = false
        }
      }
    }
    let alive = values.indices.filter { !supporters[$0].isEmpty }
    let renumbered = Dictionary(zip(alive, alive.indices)) { first, _ in first }
    tensors = alive.map { values[$0] }
    layersOfTensor = alive.map { supporters[$0].sorted() }
    self.layers = layers.map { layer in
      Layer(
        node: layer.node, name: layer.name, input: renumbered[layer.input] ?? 0,
        output: layer.output.flatMap { renumbered[$0] })
    }
  }
}
