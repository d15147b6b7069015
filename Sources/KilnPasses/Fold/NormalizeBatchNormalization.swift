import KilnGraph

/// Turns every batch normalisation into the per-channel multiply-add that it is:
/// `s = gamma / sqrt(var + eps)`, `t = beta - mean * s`, in Float64 and rounded once.
///
/// This is what runs without folding, and it needs no neighbour. Does not apply when a term is computed at run time.
///
/// Source: `Folding.batchNormalization(gamma:beta:mean:variance:epsilon:)`.
package struct NormalizeBatchNormalization: Pass {
  package let name = "batch-norm-as-affine"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph[id].operation is BatchNormalization {
      guard let step = graph.affineStep(id), let axis = step.axis else { continue }
      try graph.replaceByChannelAffine([step], axis: axis, pass: name)
    }
  }
}
