import KilnGraph

/// Turns what is left of batch normalisations and multiply-adds into `ChannelAffine`: one multiply-add a channel, which
/// can apply an activation and add a residual in the same step.
///
/// Applies to each chain with a batch normalisation, and to each chain of two or more constant additions, subtractions,
/// multiplications and divisions, when its terms vary along axis 1 or the last axis. A single one stays as it is. Nothing
/// is approximated: the whole chain is composed in Float64 and rounded once.
///
/// Source: `PerChannelAffine.followed(by:)`.
package struct FoldLeftoverAffine: Pass {
  package let name = "fold-affine-chain"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let step = graph.affineStep(id) else { continue }
      let rank = graph.type(of: step.output).rank
      // The axis is that of the first step that has one.
      let open = [step] + graph.affineChain(after: step.output, axis: 1)
      guard let axis = step.axis ?? open.compactMap(\.axis).first ?? (rank == 2 || rank == 4 ? 1 : nil),
        axis == 1 || axis == rank - 1
      else { continue }
      let chain = [step] + graph.affineChain(after: step.output, axis: axis)
      let hasNormalization = chain.contains { graph[$0.node].operation is BatchNormalization }
      guard hasNormalization || chain.count > 1 else { continue }
      try graph.replaceByChannelAffine(chain, axis: axis, pass: name)
    }
  }
}

extension Graph {
  /// Makes a chain of multiply-adds one `ChannelAffine`.
  mutating func replaceByChannelAffine(
    _ chain: [AffineStep], axis: Int, pass: String
  ) throws(PassError) {
    guard let first = chain.first, let last = chain.last else { return }
    let (name, type) = (self[first.node].name, type(of: last.output))
    let affine = chain.composed.expanded(to: type.shape[axis])
    guard affine.scale.isFinite(as: type.scalar), affine.shift.isFinite(as: type.scalar) else {
      throw .notFinite(layer: name)
    }
    let history = records(of: chain.dropLast().map(\.node), pass: pass)
    let record = Folded(pass: pass, node: self[last.node].name, operation: self[last.node].operation.name)
    let shape = [type.shape[axis]]
    let weight = addConstant("\(name).weight", Tensor(shape: shape, doubles: affine.scale, as: type.scalar))
    let bias = addConstant("\(name).bias", Tensor(shape: shape, doubles: affine.shift, as: type.scalar))
    replace(
      last.node, with: ChannelAffine(axis: axis), inputs: [first.input, weight, bias], name: name,
      folded: history + [record])
    for step in chain.dropLast().reversed() { removeIfUnused(step.node) }
  }
}
