/// One step of a network: an operator applied to values.
public struct Node: Sendable {
  /// The node's name, unique where the model file's are; the importer makes one for a node without.
  public var name: String
  /// What it computes.
  public var operation: any Operator
  /// The operands in the operator's order; `nil` is an optional operand that is absent.
  public var inputs: [ValueID?]
  /// The results, in the operator's order.
  public var outputs: [ValueID]
  /// The nodes that passes merged into this one, in the order in which they did.
  public var folded: [Folded] = []
}

/// A node that a pass merged into another.
public struct Folded: Sendable, Hashable {
  /// The pass's name.
  public let pass: String
  /// The merged node's name.
  public let node: String
  /// The merged node's operator.
  public let operation: String

  /// Makes a record.
  public init(pass: String, node: String, operation: String) {
    self.pass = pass
    self.node = node
    self.operation = operation
  }
}

/// What flows between nodes: a tensor that is computed, given at run time, or constant.
public struct Value: Sendable {
  /// The value's name in the model.
  public var name: String
  /// Its element type and dimensions.
  public var type: TensorType
  /// Its elements, when they are known to the compiler.
  public var constant: Tensor?
}

/// A result of a network.
public struct Port: Sendable {
  /// The result's name in the model file, whatever passes do to the value.
  public let name: String
  /// The value that holds it.
  public var value: ValueID

  /// Makes a result.
  public init(name: String, value: ValueID) {
    self.name = name
    self.value = value
  }
}
