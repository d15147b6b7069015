import KilnGraph

/// Removes the transposition in front of a flattening that a fully connected layer reads, by permuting the columns of
/// the layer's weight instead: `W'[m, (h, w, c)] = W[m, (c, h, w)]`.
///
/// Applies when the transposition leaves the batch axis in front, the flattening makes one axis of all others, and the
/// weight is constant. Exact: nothing is computed.
public struct FoldFlattenIntoLinear: Pass {
  public let name = "fold-flatten"

  /// Makes the pass.
  public init() {}

  public func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      let node = graph[id]
      guard node.operation is Linear, let flat = node.inputs[LinearOperand.input],
        let weightValue = node.inputs[LinearOperand.weight], let weight = graph.constant(weightValue),
        let reshape = graph.producer(of: flat), graph[reshape].operation is Reshape,
        let image = graph[reshape].inputs[0], let producer = graph.producer(of: image),
        let transpose = graph[producer].operation as? Transpose, let source = graph[producer].inputs[0]
      else { continue }
      let shape = graph.type(of: image).shape
      guard transpose.permutation[0] == 0, graph.type(of: flat).shape == [shape[0], shape.dropFirst().reduce(1, *)]
      else { continue }
      // The transposition's inverse orders the image's axes as the source has them.
      let columns = weight.reshaped(to: [weight.shape[0]] + shape.dropFirst())
      let permuted = try columns.permuted(by: transpose.permutation.inversePermutation).reshaped(to: weight.shape)
      var inputs = node.inputs
      inputs[LinearOperand.weight] = graph.addConstant("\(graph[weightValue].name).nhwc", permuted)
      inputs[LinearOperand.input] = try graph.add(
        graph[reshape].operation, name: "\(graph[reshape].name).nhwc", inputs: [source], before: id)
      graph.replace(id, with: node.operation, inputs: inputs)
      for unused in [reshape, producer] { graph.removeIfUnused(unused) }
    }
  }
}
