import KilnGraph
import KilnLowering
import KilnPasses

/// What becomes of an operator that is imported, as the passes and the lowerings say of small networks of it.
package enum OperatorSupport: Hashable, Sendable {
  /// It has kernels for these types of computed elements.
  case compiled(Set<ScalarType>)
  /// The reference interpreter computes it; there is no kernel.
  case interpreted
  /// It is worked out while the model is imported: nothing is left to compute.
  case resolved

  /// Finds out what becomes of an operator.
  ///
  /// - Parameter samples: networks of one node of the operator, by the type of its elements.
  /// Complexity: that of the passes for each of the networks.
  package init(of samples: [ScalarType: [Graph]]) {
    guard !samples.values.joined().allSatisfy(\.nodeIDs.isEmpty) else {
      self = .resolved
      return
    }
    let types = samples.filter { $0.value.contains(where: Self.isCompiled) }.map(\.key)
    self = types.isEmpty ? .interpreted : .compiled(Set(types))
  }

  private static func isCompiled(_ graph: Graph) -> Bool {
    guard let optimized = try? Passes.run(on: graph) else { return false }
    return Lowerings.obstacles(in: optimized.graph).isEmpty
  }
}
