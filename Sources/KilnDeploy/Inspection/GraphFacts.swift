import KilnGraph

/// A graph as a reader wants to see it.
package struct GraphFacts: Encodable, Sendable {
  /// A node.
  package struct Node: Encodable, Sendable {
    /// Its name.
    package let name: String
    /// Its operator.
    package let operation: String
    /// The operator's attributes, for people.
    package let details: String
    /// What it reads, constants included: names and types.
    package let inputs: [Operand]
    /// What it computes.
    package let outputs: [Operand]
    /// Multiply-accumulates of one inference.
    package let multiplyAccumulates: Int
    /// What passes merged into it.
    package let folded: [Folded]
  }

  /// A value that a node reads or computes.
  package struct Operand: Encodable, Sendable {
    /// Its name.
    package let name: String
    /// Its type, for instance `float32[1, 3, 224, 224]`.
    package let type: String
    /// Whether it is a constant of the model.
    package let isConstant: Bool
  }

  /// What a pass merged into a node.
  package struct Folded: Encodable, Sendable {
    /// The pass.
    package let pass: String
    /// The merged node's name.
    package let node: String
    /// The merged node's operator.
    package let operation: String
  }

  /// The nodes in topological order.
  package let nodes: [Node]
  /// How often each operator occurs.
  package let operatorCounts: [String: Int]
  /// Multiply-accumulates of one inference.
  package let multiplyAccumulates: Int
  /// Elements of all constants that nodes read.
  package let parameterCount: Int

  /// The facts of a graph.
  ///
  /// Complexity: O(nodes and operands).
  package init(_ graph: Graph) {
    func operand(_ id: ValueID) -> Operand {
      Operand(name: graph[id].name, type: "\(graph.type(of: id))", isConstant: graph.constant(id) != nil)
    }
    nodes = graph.nodeIDs.map { id in
      let node = graph[id]
      return Node(
        name: node.name, operation: node.operation.name, details: node.operation.details,
        inputs: node.inputs.compactMap(\.self).map(operand), outputs: node.outputs.map(operand),
        multiplyAccumulates: node.operation.multiplyAccumulates(
          inputs: node.inputs.map { $0.map(graph.type(of:)) }, outputs: node.outputs.map(graph.type(of:))),
        folded: node.folded.map { Folded(pass: $0.pass, node: $0.node, operation: $0.operation) })
    }
    operatorCounts = Dictionary(grouping: nodes, by: \.operation).mapValues(\.count)
    multiplyAccumulates = nodes.reduce(0) { $0 + $1.multiplyAccumulates }
    let constants = Set(
      graph.nodeIDs.flatMap { graph[$0].inputs.compactMap(\.self) }.filter { graph.constant($0) != nil })
    parameterCount = constants.reduce(0) { $0 + graph.type(of: $1).elementCount }
  }
}
