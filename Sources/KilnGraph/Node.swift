/// One step of a network: an operator applied to values.
package struct Node: Sendable {
  /// The node's name, unique where the model file's are; the importer makes one for a node without.
  package var name: String
  /// What it computes.
  package var operation: any Operator
  /// The operands in the operator's order; `nil` is an optional operand that is absent.
  package var inputs: [ValueID?]
  /// The results, in the operator's order.
  package var outputs: [ValueID]
  /// The nodes that passes merged into this one, in the order in which they did.
  package var folded: [Folded] = []
}

extension Node {
  /// The first operand: the data, in every operator that has one.
  package var data: ValueID? { inputs.first ?? nil }
}

/// A node that a pass merged into another.
package struct Folded: Sendable, Hashable {
  /// The pass's name.
  package let pass: String
  /// The merged node's name.
  package let node: String
  /// The merged node's operator.
  package let operation: String

  /// Makes a record.
  package init(pass: String, node: String, operation: String) {
    self.pass = pass
    self.node = node
    self.operation = operation
  }
}

/// What flows between nodes: a tensor that is computed, given at run time, or constant.
package struct Value: Sendable {
  /// The value's name in the model.
  package var name: String
  /// Its element type and dimensions.
  package var type: TensorType
  /// Its elements, when they are known to the compiler.
  package var constant: Tensor?
}

/// A result of a network.
package struct Port: Sendable {
  /// The result's name in the model file, whatever passes do to the value.
  package let name: String
  /// The value that holds it.
  package var value: ValueID

  /// Makes a result.
  package init(name: String, value: ValueID) {
    self.name = name
    self.value = value
  }
}
