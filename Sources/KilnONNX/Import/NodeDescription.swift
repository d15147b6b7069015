import KilnGraph

/// A node of the file as an operator's importer sees it: its operands resolved, its attributes by name.
struct NodeDescription {
  /// The node's name, or one made from its operator and its place; unique in the network.
  let name: String
  /// The operator's type without its domain.
  let type: String
  /// The version of the operator set that the node belongs to.
  let version: Int
  /// The operands; `nil` for an optional one that is left out.
  let inputs: [ValueID?]
  /// The names of the results; empty for one that nobody wants.
  let outputs: [String]
  /// The attributes.
  let attributes: Attributes

  /// Whether the node's result `index` has a name, so that somebody may read it.
  func wantsOutput(_ index: Int) -> Bool { outputs.indices.contains(index) && !outputs[index].isEmpty }
}
