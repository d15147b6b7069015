import KilnCompiler
import KilnGraph

/// A graph as a reader wants to see it.
public struct GraphFacts: Encodable, Sendable {
  /// A node.
  public struct Node: Encodable, Sendable {
    /// Its name.
    public let name: String
    /// Its operator.
    public let operation: String
    /// The operator's attributes, for people.
    public let details: String
    /// What it reads, constants included: names and types.
    public let inputs: [Operand]
    /// What it computes.
    public let outputs: [Operand]
    /// Multiply-accumulates of one inference.
    public let multiplyAccumulates: Int
    /// What passes merged into it.
    public let folded: [Folded]
  }

  /// A value that a node reads or computes.
  public struct Operand: Encodable, Sendable {
    /// Its name.
    public let name: String
    /// Its type, for instance `float32[1, 3, 224, 224]`.
    public let type: String
    /// Whether it is a constant of the model.
    public let isConstant: Bool
  }

  /// What a pass merged into a node.
  public struct Folded: Encodable, Sendable {
    /// The pass.
    public let pass: String
    /// The merged node's name.
    public let node: String
    /// The merged node's operator.
    public let operation: String
  }

  /// The nodes in topological order.
  public let nodes: [Node]
  /// How often each operator occurs.
  public let operatorCounts: [String: Int]
  /// Multiply-accumulates of one inference.
  public let multiplyAccumulates: Int
  /// Elements of all constants that nodes read.
  public let parameterCount: Int

  /// The facts of a graph. Complexity: O(nodes and operands).
  public init(_ graph: Graph) {
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
