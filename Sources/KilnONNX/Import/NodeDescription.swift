import KilnGraph

/// A node of the file as an operator's importer sees it: its operands resolved, its attributes by name.
struct NodeDescription {
  /// The node's name, or one made from its operator and its place; unique in the network.
  private(set) var name: String
  /// The operands; `nil` for an optional one that is left out.
  private(set) var inputs: [ValueID?]
  /// The names of the results; empty for one that nobody wants.
  let outputs: [String]
  /// The attributes.
  let attributes: Attributes
  /// What the operator is.
  private let importer: OperatorImporter?
  /// The version of the operator set that the node belongs to.
  private let version: Int
  /// Who is told what the importer asks.
  private let trace: ImportTrace?

  /// Describes a node.
  ///
  /// Its importer may read what it declares.
  init(
    name: String, importer: OperatorImporter, version: Int, inputs: [ValueID?], outputs: [String],
    attributes: Attributes, trace: ImportTrace? = nil
  ) {
    self.name = name
    self.importer = importer
    self.version = version
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes.declared(by: importer, trace: trace)
    self.trace = trace
  }

  private init() {
    (name, importer, version, inputs, outputs, attributes, trace) = ("", nil, 0, [], [], Attributes(), nil)
  }

  /// What stands where no node is at hand.
  static var none: NodeDescription { NodeDescription() }

  /// The node with another first operand, under a name of its own.
  func reading(_ input: ValueID, role: String) -> NodeDescription {
    var node = self
    node.name = "\(name)/\(role)"
    if !node.inputs.isEmpty { node.inputs[0] = input }
    return node
  }

  /// Whether the node has a version of its operator since `version`, which is one that the importer declares.
  func isSince(_ version: Int) -> Bool {
    guard let importer, importer.versions.contains(version) else {
      preconditionFailure("the importer does not declare version \(version)")
    }
    trace?.versions.insert(version)
    return self.version >= version
  }

  /// Says that the importer wants to know an operand while it imports, which it must declare.
  ///
  /// - Parameter role: what the operand is.
  func wantsConstant(_ role: String) {
    guard let importer, importer.constants.contains(role) else {
      preconditionFailure("the importer does not declare that its \(role) must be constant")
    }
    trace?.constants.insert(role)
  }

  /// Whether the node's result `index` has a name, so that somebody may read it.
  func wantsOutput(_ index: Int) -> Bool { outputs.indices.contains(index) && !outputs[index].isEmpty }
}
