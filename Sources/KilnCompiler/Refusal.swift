import KilnGraph
import KilnLowering
import KilnPasses

extension Compiler {
  /// Everything that keeps a model from being compiled, whether its importer knows no such operator, or there is no
  /// kernel, in one list in the file's order; and where the model can be cut.
  ///
  /// `nil` when nothing does.
  ///
  /// Complexity: that of the passes, a few times.
  ///
  /// - Parameter samples: small networks of the operator with this name and domain, with elements of a type each.
  package static func refusal(
    of model: PartialModel, options: PassOptions = PassOptions(),
    samples: (_ operation: String, _ domain: String) -> [ScalarType: [Graph]]
  ) -> UnsupportedError? {
    var search = CutSearch(model, options)
    let obstacles = obstacles(in: search.whole, options)
    let unreached = unreachedObstacles(in: model, samples)
    // What isn't about a node, such as an input's type, comes first.
    let placed =
      model.unsupported.map { (place: model.positions[$0.node] ?? -1, item: $0) }
      + (obstacles + unreached).map { (place: model.positions.value(ofNode: $0.node) ?? .max, item: $0) }
    guard !placed.isEmpty else { return nil }
    let order = placed.indices.sorted { (placed[$0].place, $0) < (placed[$1].place, $1) }
    let items = order.map { placed[$0].item }
    return UnsupportedError(items, cut: search.cut(before: obstacles))
  }

  /// What of a graph has no kernel when the passes are done with it; empty when they aren't.
  static func obstacles(in graph: Graph, _ options: PassOptions) -> [UnsupportedError.Item] {
    guard let optimized = try? Passes.run(on: graph, options: options) else { return [] }
    return Lowerings.obstacles(in: optimized.graph)
  }

  /// The nodes of which only the operator is known, and which can't be compiled whatever they work on.
  private static func unreachedObstacles(
    in model: PartialModel, _ samples: (_ operation: String, _ domain: String) -> [ScalarType: [Graph]]
  ) -> [UnsupportedError.Item] {
    var known: [[String]: OperatorSupport] = [:]
    return model.unreached.compactMap { node in
      let key = [node.domain, node.operation]
      let support = known[key] ?? OperatorSupport(of: samples(node.operation, node.domain))
      known[key] = support
      guard support == .interpreted else { return nil }
      return UnsupportedError.Item(
        node: node.name, operation: node.operation, inputs: node.inputs, reason: Lowerings.noKernel)
    }
  }
}
