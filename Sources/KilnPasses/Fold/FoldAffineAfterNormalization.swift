import KilnGraph

/// Folds per-channel multiply-adds after a group, instance or layer normalisation into its scale and bias:
/// `(n * scale + bias) * s + t = n * (scale * s) + (bias * s + t)`.
///
/// Applies when the scale and the bias are constant, each value of the chain is read by the next node only and isn't a
/// result of the network, and the terms differ along an axis that the scale and the bias have: the channels of a group
/// normalisation, a normalised axis of a layer normalisation. A whole chain is folded at once, and rounded once.
///
/// Source: the formulas of ONNX GroupNormalization and LayerNormalization. PyTorch exports a group normalisation with its
/// scale and bias as a multiplication and an addition.
package struct FoldAffineAfterNormalization: Pass {
  package let name = "fold-affine-normalization"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let layer = graph.normalizationLayer(id), let first = graph.affineStep(graph.soleUser(of: layer.output))
      else { continue }
      let chain = graph.affineChain(from: first)
      guard chain.axis.map(layer.axes.contains) ?? true else { continue }
      let inputs = try graph.operands(of: layer, followedBy: chain.composed, axis: chain.axis)
      graph.merge(chain.map(\.node), into: id, as: graph[id].operation, inputs: inputs, pass: name)
    }
  }
}
