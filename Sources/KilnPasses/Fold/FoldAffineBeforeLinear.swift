import KilnGraph

/// Folds per-channel multiply-adds before convolutions, transposed convolutions and fully connected layers into
/// their weights: `W'[m, c, k] = W[m, c, k] * s[c]`, `b'[m] = b[m] + sum over c, k of W[m, c, k] * t[c]`.
///
/// Applies when everybody who reads the result is such a layer with constant weights. A shift `t` that isn't 0 folds only
/// into a layer each of whose outputs sees every tap: a padded convolution sees 0 at its border and not `t`, and a
/// transposed convolution's outputs see different taps. Where a shift does not fold, the longest legal end of the chain
/// does, and the rest stays an operator of its own: exact, never approximated.
///
/// Source: `Folding.affine(_:before:)`.
package struct FoldAffineBeforeLinear: Pass {
  package let name = "fold-affine-before"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      if let step = graph.affineStep(id) { try foldIntoReaders(of: step.output, &graph) }
    }
  }

  /// Folds the chain that ends in `value` into the layers that read it.
  private func foldIntoReaders(of value: ValueID, _ graph: inout Graph) throws(PassError) {
    let layers = graph.users(of: value).compactMap { graph.linearLayer($0) }
    guard !layers.isEmpty, layers.count == graph.users(of: value).count, !graph.isOutput(value),
      layers.allSatisfy({ $0.input == value }), Set(layers.map(\.channelAxis)).count == 1
    else { return }
    let chain = graph.affineChain(before: value, axis: layers[0].channelAxis).longestEnd(foldingInto: layers)
    guard let first = chain.first else { return }
    for layer in layers {
      let weights = Folding.affine(chain.composed, before: graph.weights(of: layer))
      var inputs = try graph.operands(of: layer, with: weights)
      inputs[LinearOperand.input] = first.input
      graph.replace(
        layer.node, with: layer.reweighted, inputs: inputs, folded: graph.records(of: chain.map(\.node), pass: name))
    }
    for step in chain.reversed() { graph.removeIfUnused(step.node) }
  }
}

extension [AffineStep] {
  /// The longest end of the chain that folds forward into all of the layers.
  func longestEnd(foldingInto layers: [LinearLayer]) -> [AffineStep] {
    layers.allSatisfy(\.seesEveryTap) ? self : reversed().prefix { $0.affine.isScaling }.reversed()
  }
}
