import KilnGraph

/// Removes the transposition before a flattening that a fully connected layer reads, by permuting the columns of
/// the layer's weight instead (the rows, where inputs come first): `W'[m, (h, w, c)] = W[m, (c, h, w)]`.
///
/// Applies when the transposition leaves the batch axis before, the flattening makes one axis of all others, and the
/// weight is constant. Exact: nothing is computed. After a channels-last image the weight is not even copied: the layer
/// says how it counts its inputs.
package struct FoldFlattenIntoLinear: Pass {
  package let name = "fold-flatten"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      let node = graph[id]
      guard let linear = node.operation as? Linear, linear.pixels == 1, let flat = node.inputs[LinearOperand.input],
        let weightValue = node.inputs[LinearOperand.weight], let weight = graph.constant(weightValue),
        let reshape = graph.producer(of: flat), graph[reshape].operation is Reshape,
        let image = graph[reshape].data, let producer = graph.producer(of: image),
        let transpose = graph[producer].operation as? Transpose, let source = graph[producer].data
      else { continue }
      let shape = graph.type(of: image).shape
      guard transpose.permutation[0] == 0, graph.type(of: flat).shape == [shape[0], shape.dropFirst().reduce(1, *)]
      else { continue }
      // The transposition's inverse orders the image's axes as the source has them.
      let order = transpose.permutation.inversePermutation
      let pixels = shape.dropFirst(2).reduce(1, *)
      if order == .channelsLast(rank: shape.count), pixels > 0 {
        let permuted = Linear(arrangement: linear.arrangement, pixels: pixels, epilogue: linear.epilogue)
        try read(source, instead: reshape, as: permuted, id, weight: weightValue, &graph)
        continue
      }
      let permuted: Tensor
      switch linear.arrangement {
      case .outputFirst:
        permuted = try weight.reshaped(to: [weight.shape[0]] + shape.dropFirst()).permuted(by: order)
      case .inputFirst:
        let axes = order.dropFirst().map { $0 - 1 } + [shape.count - 1]
        permuted = try weight.reshaped(to: shape.dropFirst() + [weight.shape[1]]).permuted(by: axes)
      }
      let columns = graph.addConstant("\(graph[weightValue].name).nhwc", permuted.reshaped(to: weight.shape))
      try read(source, instead: reshape, as: linear, id, weight: columns, &graph)
    }
  }

  /// Makes the layer `id` read `source`, flattened, instead of the result of `reshape`.
  private func read(
    _ source: ValueID, instead reshape: NodeID, as linear: Linear, _ id: NodeID, weight: ValueID, _ graph: inout Graph
  ) throws(PassError) {
    let transpose = graph.producer(of: graph[reshape].data)
    var inputs = graph[id].inputs
    inputs[LinearOperand.weight] = weight
    inputs[LinearOperand.input] = try graph.add(
      graph[reshape].operation, name: "\(graph[reshape].name).nhwc", inputs: [source], before: id)
    graph.replace(id, with: linear, inputs: inputs)
    for unused in [reshape, transpose].compactMap(\.self) { graph.removeIfUnused(unused) }
  }
}
