import KilnGraph

/// What became of a network's batch normalisations.
package struct BatchNormalizationFacts: Encodable, Sendable {
  /// A node that still multiplies and adds for a batch normalisation.
  package struct Remainder: Encodable, Sendable {
    /// The batch normalisation's name in the model.
    package let name: String
    /// The node's operator.
    package let operation: String
    /// The type of its result.
    package let output: String
    /// What computes its operand: an operator and a name; `nil` for an input of the network.
    package let after: String?
    /// What reads its result: operators and names.
    package let before: [String]
  }

  /// How many the model has.
  package let count: Int
  /// How many of them layers and normalisations have taken over whole.
  package let foldedCount: Int
  /// What is left of the others; a part of a split one is an entry of its own.
  package let remainders: [Remainder]

  /// The facts of a network before and after the passes.
  ///
  /// Complexity: O(nodes and what was folded into them).
  package init(before: Graph, after: Graph) {
    let name = BatchNormalization(epsilon: 0).name
    count = before.nodeIDs.count { before[$0].operation is BatchNormalization }
    remainders = after.nodeIDs.flatMap { id in
      let node = after[id]
      // A layer that took one over is left by itself anyway.
      let own: [String] =
        switch node.operation {
        case is BatchNormalization: [node.name]
        case is ChannelAffine: node.folded.filter { $0.operation == name }.map(\.node)
        default: []
        }
      func description(_ other: NodeID) -> String { "\(after[other].operation.name) '\(after[other].name)'" }
      let readers = node.outputs.flatMap { after.users(of: $0) }.map(description)
      return own.map {
        Remainder(
          name: $0, operation: node.operation.name, output: "\(after.type(of: node.outputs[0]))",
          after: after.producer(of: node.inputs[0]).map(description), before: readers)
      }
    }
    foldedCount = count - Set(remainders.map(\.name)).count
  }
}
