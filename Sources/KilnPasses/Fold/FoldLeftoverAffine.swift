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
      let chain = graph.affineChain(from: step)
      guard let axis = chain.axis ?? (rank == 2 || rank == 4 ? 1 : nil), axis == 1 || axis == rank - 1 else { continue }
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
    let terms = try operands(of: chain.composed, channels: type.shape[axis], name: name, type.scalar)
    let history = records(of: chain.dropLast().map(\.node), pass: pass)
    let record = Folded(pass: pass, node: self[last.node].name, operation: self[last.node].operation.name)
    replace(
      last.node, with: ChannelAffine(axis: axis), inputs: [first.input] + terms, name: name,
      folded: history + [record])
    for step in chain.dropLast().reversed() { removeIfUnused(step.node) }
  }
}
