import KilnGraph

/// The passes, in the order in which they run.
package enum Passes {
  /// What every network goes through: the canonical form that can be executed.
  package static let canonical: [any Pass] = [
    RemoveIdentities(),
    JoinViews(),
    UnifyGlobalPooling(),
    FoldAffineIntoPixels(),
    // Batch norm in training mode, on constants or as instance norm, has no kernel.
    RecognizeNormalization(),
    NormalizeBatchNormalization(),
    // What has no kernel of its own becomes what has.
    SpreadNormPooling(),
    SplitVolumePooling(),
    FlattenVolumeConvolution(),
    SplitVolumeResize(),
    ComputeStatistics(),
    SpreadComputedScales(),
    SpreadLogSumExp(),
    SliceRegularIndices(),
    SpreadSelections(),
    SpreadQuantization(),
  ]

  /// What folding does, before the canonical form.
  package static let fold: [any Pass] = [
    RemoveIdentities(),
    RecognizePixels(),
    JoinViews(),
    // Names for what is written as arithmetic or copies, before constants are folded into a neighbour.
    RecognizeCircularPadding(),
    RecognizeClips(),
    RecognizeHardSigmoid(),
    RecognizeGates(),
    RecognizeGELU(),
    RecognizeNormalization(),
    RecognizeGroupNormalization(),
    // Linear operators and what surrounds them.
    FoldPadding(),
    FoldAffineAfterNormalization(),
    FoldAffineBackward(),
    // What stood between reshapes is gone.
    JoinViews(),
    RemoveIdentities(),
    MergeParallelBranches(),
    // Sums are layers now.
    FoldAffineBackward(),
    FoldAffineAfterLinear(),
    FoldAffineBeforeLinear(),
    FoldAffineForward(),
    FoldAffineIntoPixels(),
    OrderPixelChannels(),
    MergeConsecutiveLinear(),
    FoldLeftoverAffine(),
    // The last step of a linear operator or a normalisation.
    FuseActivations(),
    FuseResiduals(),
    FuseResidualsBackward(),
    FuseActivationsBackward(),
    FuseActivations(),
    MoveQuantization(),
    RecognizeQuantizedLayers(),
  ]

  /// What folding does where tensors are to have 8 bits: sums stay, since what they add is quantised, and so do activations that
  /// do more than limit, since they are tables then.
  package static let foldForQuantization: [any Pass] =
    normalizePixels
    + fold.compactMap { pass in
      switch pass {
      case is FuseResiduals, is FuseResidualsBackward, is FuseActivationsBackward, is MoveQuantization,
        is RecognizeQuantizedLayers:
        nil
      case is FuseActivations: FuseActivations(limitsOnly: true)
      default: pass
      }
    }

  /// What makes conversions of pixels give a network the numbers that it was trained on, where layers have few bits: the scale of
  /// bytes would make their weights so small that float16 has few digits left for them.
  private static let normalizePixels: [any Pass] = [RemoveIdentities(), RecognizePixels(), FoldAffineIntoPixels()]

  /// What is folded, before the canonical form.
  private static func folding(_ options: PassOptions) -> [any Pass] {
    guard options.folds else { return [] }
    guard let plan = options.quantization else { return options.halves == nil ? fold : normalizePixels + fold }
    let recognition = RecognizeQuantizedLayers(includesRealResults: true)
    return quantizing(plan, options) + [MoveQuantization(), recognition, FuseActivations()]
  }

  /// What gives a plan's tensors 8 bits.
  private static func quantizing(_ plan: QuantizationPlan, _ options: PassOptions) -> [any Pass] {
    let passes: [any Pass] =
      foldForQuantization + [EqualizeChannels(plan.exponents), CorrectBiases(plan), InsertQuantization(plan)]
    return passes + (options.portElements.map { [SetPorts($0)] } ?? [])
  }

  /// What is done before the channels-last layout.
  private static func beforeLayout(_ options: PassOptions) -> [any Pass] {
    let ports: [any Pass] = options.portElements.map { [SetPorts($0)] } ?? []
    let passes = [WidenHalves()] + ports + folding(options) + canonical
    switch options.folds ? options.halves : nil {
    case .computed: return passes + [ComputeInHalves(layers: options.quantization?.halfLayers)]
    case .stored: return passes + [StoreHalves()]
    case nil: return passes
    }
  }

  /// A model as the passes read it: with 16-bit floating point made float32.
  package static func widened(_ graph: Graph) throws(PassError) -> Graph {
    var graph = graph
    try WidenHalves().run(on: &graph)
    return graph
  }

  /// The graph in which a plan's tensors are named: folded, but for residuals.
  package static func foldedForQuantization(_ graph: Graph) throws(PassError) -> Graph {
    var graph = try widened(graph)
    for pass in foldForQuantization { try pass.run(on: &graph) }
    graph.removeUnused()
    return graph
  }

  /// The graph that measures what each of a plan's quantisations costs: see `SwitchQuantization`.
  ///
  /// - Parameter graph: folded for quantisation, with channels equalised.
  package static func switched(
    _ graph: Graph, _ plan: QuantizationPlan, _ sites: QuantizationSites
  ) throws(PassError) -> Graph {
    var graph = graph
    try SwitchQuantization(plan, sites).run(on: &graph)
    graph.removeUnused()
    return graph
  }

  /// What follows the channels-last layout.
  package static let layout: [any Pass] = [
    JoinViews(),
    RemoveIdentities(),
    FoldFlattenIntoLinear(),
    ShareConstants(),
  ]

  /// The names of the passes that the options ask for, each once, in the order in which they first run.
  package static func names(_ options: PassOptions) -> [String] {
    let names = beforeLayout(options).map(\.name) + [ChannelsLastLayout.name] + layout.map(\.name)
    var known: Set<String> = []
    return names.filter { known.insert($0).inserted }
  }

  /// Runs the passes that come before the channels-last layout: what they leave computes what the program does, in its precision and
  /// in the model's layout.
  ///
  /// - Parameter observe: is shown the graph after each pass.
  package static func runBeforeLayout(
    on graph: Graph, options: PassOptions,
    observing observe: (_ pass: String, _ graph: Graph) -> Void = { _, _ in }
  ) throws(PassError) -> Graph {
    var graph = graph
    for pass in beforeLayout(options) {
      try pass.run(on: &graph)
      graph.releaseUnusedConstants()
      observe(pass.name, graph)
    }
    graph.removeUnused()
    return graph
  }

  /// A model with what says how its ports and tensors are quantised, for those that print it.
  package static func describingPorts(of graph: Graph, options: PassOptions) throws(PassError) -> Graph {
    var graph = graph
    guard let elements = options.portElements else { return graph }
    let passes: [any Pass] =
      options.quantization.map { [WidenHalves()] + quantizing($0, options) } ?? [SetPorts(elements)]
    for pass in passes { try pass.run(on: &graph) }
    return graph
  }

  /// Runs all passes that the options ask for: folding, the canonical form, and channels-last layout.
  ///
  /// - Parameter observe: is shown the graph after each pass.
  /// - Throws: `PassError`.
  package static func run(
    on graph: Graph, options: PassOptions = PassOptions(),
    observing observe: (_ pass: String, _ graph: Graph) -> Void = { _, _ in }
  ) throws(PassError) -> OptimizedGraph {
    var graph = try runBeforeLayout(on: graph, options: options, observing: observe)
    let origins = try ChannelsLastLayout(convertsPorts: options.portLayout == .channelsLast).run(on: &graph)
    observe(ChannelsLastLayout.name, graph)
    for pass in layout {
      try pass.run(on: &graph)
      observe(pass.name, graph)
    }
    graph.removeUnused()
    graph.releaseUnusedConstants()
    return OptimizedGraph(graph, layoutOrigins: origins)
  }
}

/// What the passes should do.
package struct PassOptions: Hashable, Sendable {
  /// Whether to fold and fuse; otherwise only what is needed to execute the network is done.
  package var folds: Bool
  /// The layout of the network's own 4-D inputs and outputs.
  package var portLayout: ImageLayout
  /// The tensors that are to have 8 bits, where folding is done; `nil` for those of the model.
  package var quantization: QuantizationPlan?
  /// What is to be float16, where folding is done; `nil` for what the model has as float16.
  package var halves: HalfPrecision?
  /// What a quantised network takes and gives; `nil` for what the model does.
  package var portElements: PortElements?

  /// Makes options.
  package init(
    folds: Bool = true, portLayout: ImageLayout = .channelsFirst, quantization: QuantizationPlan? = nil,
    halves: HalfPrecision? = nil, portElements: PortElements? = nil
  ) {
    self.portElements = portElements
    self.folds = folds
    self.portLayout = portLayout
    self.quantization = quantization
    self.halves = halves
  }
}
