import KilnGraph

/// A graph as the passes leave it: what is planned, where a `Graph` is what a model's file says.
///
/// What was folded where is in its nodes (`Node.folded`).
package struct OptimizedGraph: Sendable {
  /// The graph.
  package let graph: Graph
  /// For each value whose axes were permuted, which value of the original network it is.
  ///
  /// A value that isn't here holds what the original network's value of the same name does, if there is one.
  package let layoutOrigins: [ValueID: LayoutOrigin]

  /// Takes a graph as it is: one that the passes made, or one that was written in their form, with convolutions that read and
  /// write channels last.
  package init(_ graph: Graph, layoutOrigins: [ValueID: LayoutOrigin] = [:]) {
    self.graph = graph
    self.layoutOrigins = layoutOrigins
  }
}
