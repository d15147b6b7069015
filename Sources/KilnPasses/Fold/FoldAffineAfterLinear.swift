import KilnGraph

/// Folds per-channel multiply-adds after a convolution, a transposed convolution or a fully connected layer into its
/// weights: `W' = W * s`, `b' = b * s + t`.
///
/// A batch normalisation is `s = gamma / sqrt(var + eps)`, `t = beta - mean * s`; additions, subtractions,
/// multiplications and divisions by a constant are others. A whole chain is folded at once, and rounded once.
///
/// Applies when the weights are constant, each value of the chain is read by the next node only and isn't a result of
/// the network, and the channels are the layer's output channels: of a fully connected layer with a batch normalisation
/// (whose channels are axis 1) after it, only at rank 2. Does not apply across an activation or a residual. Weights that
/// several layers share are copied.
///
/// Source: Jacob et al., "Quantization and Training of Neural Networks", 2018, section 3.2; `Folding.affine(_:after:)`.
package struct FoldAffineAfterLinear: Pass {
  package let name = "fold-affine-after"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let layer = graph.linearLayer(id) else { continue }
      let chain = graph.affineChain(after: layer.output, axis: layer.channelAxis)
      guard !chain.isEmpty else { continue }
      let (operation, inputs) = try graph.layer(layer, followedBy: chain.composed)
      graph.merge(chain.map(\.node), into: id, as: operation, inputs: inputs, pass: name)
    }
  }
}
