import KilnGraph

/// The passes, in the order in which they run.
public enum Passes {
  /// What every network goes through: the canonical form that can be executed.
  public static let canonical: [any Pass] = [
    NormalizeBatchNormalization()
  ]

  /// What folding does, before the canonical form.
  public static let fold: [any Pass] = [
    // Names for what is written as arithmetic, before its constants are folded into a neighbour.
    RecognizeClips(),
    RecognizeHardSigmoid(),
    RecognizeGates(),
    // Linear operators and what surrounds them.
    MergeParallelBranches(),
    FoldAffineAfterLinear(),
    FoldAffineBeforeLinear(),
    FoldLeftoverAffine(),
    // The last step of a linear operator.
    FuseActivations(),
    FuseResiduals(),
    FuseActivations(),
  ]

  /// Runs all passes that the options ask for.
  ///
  /// - Throws: `PassError`; the graph is then half rewritten, and useless.
  public static func run(on graph: Graph, options: PassOptions = PassOptions()) throws(PassError) -> OptimizedGraph {
    var graph = graph
    for pass in (options.folds ? fold : []) + canonical { try pass.run(on: &graph) }
    graph.removeUnused()
    return OptimizedGraph(graph: graph)
  }
}

/// What the passes should do.
public struct PassOptions: Hashable, Sendable {
  /// Whether to fold and fuse; otherwise only what is needed to execute the network is done.
  public var folds: Bool

  /// Makes options.
  public init(folds: Bool = true) { self.folds = folds }
}

/// A graph after the passes. What was folded where is in its nodes (`Node.folded`).
public struct OptimizedGraph: Sendable {
  /// The graph.
  public var graph: Graph
}
