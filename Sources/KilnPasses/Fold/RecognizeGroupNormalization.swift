import KilnGraph

/// Recognises a group normalisation that is written as the normalisation of an image in another shape, with a channel for
/// each group: `[N, C, H, W]` as `[N, G, C / G * H * W]`, an instance normalisation, and back.
///
/// Neighbouring channels lie next to each other, so that as long as all that is normalised together is neighbouring
/// channels of one image, the other shape's groups are the image's. The scale and bias of the other shape's channels hold
/// for the image's channels in them.
///
/// Applies when nobody else reads what is between, the result has the image's shape again, the channels divide into the
/// groups, and no channel has several scales. The multiplication and addition that PyTorch writes after it are folded by
/// another pass.
///
/// Source: Wu and He, "Group Normalization", 2018; PyTorch's ONNX exports of GroupNorm, and of InstanceNorm with its own
/// statistics.
package struct RecognizeGroupNormalization: Pass {
  package let name = "recognize-group-norm"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let inner = graph.normalizationLayer(id), let normalized = graph[id].data,
        graph.soleUser(of: normalized) != nil, let before = graph.producer(of: normalized),
        graph[before].operation is Reshape, let image = graph[before].data,
        let after = graph.soleUser(of: inner.output), graph[after].operation is Reshape,
        let match = match(inner, of: normalized, image, graph),
        graph.type(of: graph[after].outputs[0]) == graph.type(of: image)
      else { continue }
      let type = graph.type(of: image)
      let operands = try graph.operands(
        of: match.terms, channels: type.shape[1], name: inner.name, type.scalar)
      let history = graph[id].folded + graph.records(of: [before, id], pass: name)
      let operation = GroupNormalization(groups: match.groups, epsilon: match.epsilon)
      graph.replace(after, with: operation, inputs: [image] + operands, name: inner.name, folded: history)
      graph.removeIfUnused(id)
      graph.removeIfUnused(before)
    }
  }

  /// The groups, and what is multiplied and added for each channel of the image.
  private func match(
    _ inner: NormalizationLayer, of normalized: ValueID, _ image: ValueID, _ graph: Graph
  ) -> (groups: Int, epsilon: Double, terms: PerChannelAffine)? {
    let (shape, other) = (graph.type(of: image).shape, graph.type(of: normalized).shape)
    guard shape.count >= 2, shape.elementCount > 0, let scale = graph.constant(inner.scale)?.doubles() else {
      return nil
    }
    let shift = graph.constant(inner.bias)?.doubles() ?? Array(repeating: 0, count: scale.count)
    let total: Int
    let epsilon: Double
    let axis: Int?
    switch graph[inner.node].operation {
    case let group as GroupNormalization: (total, epsilon, axis) = (other[0] * group.groups, group.epsilon, 1)
    case let layer as LayerNormalization:
      // Each row is a group; its elements can't have scales of their own.
      (total, epsilon, axis) = (other[..<layer.axis].reduce(1, *), layer.epsilon, nil)
      guard Set(scale).count == 1, Set(shift).count == 1 else { return nil }
    default: return nil
    }
    guard total % shape[0] == 0, case let groups = total / shape[0], shape[1] % groups == 0 else { return nil }
    let terms = PerChannelAffine(scale: axis == nil ? [scale[0]] : scale, shift: axis == nil ? [shift[0]] : shift)
    guard let moved = AxisAffine(terms, axis: axis).reshaped(from: other, to: shape), moved.axis ?? 1 == 1 else {
      return nil
    }
    return (groups, epsilon, moved.terms(shape[1]))
  }
}
