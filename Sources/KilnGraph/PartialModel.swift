/// What could be imported of a model: all of it, or what doesn't need something unsupported.
package struct PartialModel: Sendable {
  /// A node that reads what an unsupported one computes: no more is known of it than what it is.
  package struct UnreachedNode: Equatable, Sendable {
    /// The node's name.
    package let name: String
    /// Its operator, without the domain.
    package let operation: String
    /// The operator's domain.
    package let domain: String
    /// Those of its operands that could be imported.
    package let inputs: [TensorType]

    /// Describes a node.
    package init(name: String, operation: String, domain: String, inputs: [TensorType]) {
      self.name = name
      self.operation = operation
      self.domain = domain
      self.inputs = inputs
    }
  }

  /// The room of a result whose number of rows depends on the data.
  package struct RowRoom: Equatable, Sendable {
    /// The result's name in the file.
    package let tensor: String
    /// The rows that there is room for.
    package let capacity: Int
    /// The most rows that it can have.
    package let bound: Int

    /// Describes the room.
    package init(tensor: String, capacity: Int, bound: Int) {
      self.tensor = tensor
      self.capacity = capacity
      self.bound = bound
    }
  }

  /// The nodes that could be imported.
  ///
  /// The results are those of the model's that they compute.
  package var graph: Graph
  /// Everything that can't be imported, in the file's order; empty for a model that was imported whole.
  package var unsupported: [UnsupportedError.Item]
  /// The nodes that could not be looked at, in the file's order.
  package var unreached: [UnreachedNode]
  /// The values that nodes read which could not be imported.
  package var openEnds: Set<ValueID>
  /// The names that values have in the file; others have been made for functions, branches, and what operators become.
  package var fileNames: [ValueID: String]
  /// The places of the nodes in the file, by their names.
  package var positions: [String: Int]
  /// The results that may lose rows without an output that tells how many they had, in the order of their names.
  package var shortRooms: [RowRoom]

  /// Describes what was imported.
  package init(
    graph: Graph, unsupported: [UnsupportedError.Item], unreached: [UnreachedNode], openEnds: Set<ValueID>,
    fileNames: [ValueID: String], positions: [String: Int], shortRooms: [RowRoom]
  ) {
    self.graph = graph
    self.unsupported = unsupported
    self.unreached = unreached
    self.openEnds = openEnds
    self.fileNames = fileNames
    self.positions = positions
    self.shortRooms = shortRooms
  }
}

extension Dictionary where Key == String {
  /// The value of a node's name, or of the longest name that it begins with before a `/` or `:`, as those begin that
  /// the importer and passes make of a node.
  ///
  /// They append a few words at most.
  package func value(ofNode name: String) -> Value? {
    var rest = name[...]
    for _ in 0..<8 {
      if let value = self[String(rest)] { return value }
      guard let end = rest.lastIndex(where: { $0 == "/" || $0 == ":" }) else { return nil }
      rest = rest[..<end]
    }
    return nil
  }
}
