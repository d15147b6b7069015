import KilnGraph

/// A rewrite of the graph that keeps what its outputs hold.
///
/// A pass visits each node a bounded number of times, so that it costs about as much as the graph is long.
package protocol Pass: Sendable {
  /// The name under which `kiln inspect` lists what the pass did.
  var name: String { get }

  /// Rewrites the graph.
  ///
  /// - Throws: `PassError` when a constant of the model makes the result meaningless.
  func run(on graph: inout Graph) throws(PassError)
}

/// Why a pass could not rewrite a graph.
package struct PassError: Error, Equatable, CustomStringConvertible {
  /// Whose fault it is; decides the exit status.
  package enum Kind: Sendable {
    /// The model's constants give a number that is not finite.
    case malformed
    /// A pass made a node that its operator rejects.
    case defect
  }

  /// Whose fault it is.
  package let kind: Kind
  /// One line: which layer, what is wrong, what to do.
  package let description: String

  /// Makes an error from its one line.
  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

extension Graph {
  /// Adds a node as `insert` does, where a rejected operator is a defect of the pass.
  ///
  /// - Returns: the first output.
  mutating func add(
    _ operation: any Operator, name: String, inputs: [ValueID?], outputName: String? = nil, folded: [Folded] = [],
    before successor: NodeID?
  ) throws(PassError) -> ValueID {
    do {
      let names = [outputName ?? name]
      return try insert(
        operation, name: name, inputs: inputs, outputNames: names, folded: folded, before: successor)[0]
    } catch {
      throw PassError(.defect, "\(operation.name) '\(name)': \(error)")
    }
  }

  /// What a node that takes over the work of others records: their own history, and they themselves.
  func records(of nodes: [NodeID], pass: String) -> [Folded] {
    nodes.flatMap { id in
      self[id].folded + [Folded(pass: pass, node: self[id].name, operation: self[id].operation.name)]
    }
  }

  /// Makes `new`, which holds the same, take the place and the name of `old`.
  mutating func giveName(of old: ValueID, to new: ValueID) {
    let name = self[old].name
    rename(old, to: "\(name).replaced")
    rename(new, to: name)
    replaceUses(of: old, with: new)
  }

  /// Removes a node if nobody reads its outputs.
  mutating func removeIfUnused(_ id: NodeID) {
    if contains(id), isUnused(id) { remove(id) }
  }

  /// Merges nodes into another: the last of `absorbed` computes `operation` from now on, at its place in the order and
  /// into its own value, under the name and with the history of `producer`.
  ///
  /// - Parameters:
  ///   - absorbed: the merged nodes in topological order. Those that nobody reads any more are removed, and so is
  ///     the producer.
  ///   - producer: the node that does the work.
  ///   - pass: the pass's name, for the record.
  mutating func merge(
    _ absorbed: [NodeID], into producer: NodeID, as operation: any Operator, inputs: [ValueID?], pass: String
  ) {
    guard let last = absorbed.last else { return }
    var history = self[producer].folded
    for id in absorbed {
      let node = self[id]
      if id != last { history += node.folded }
      history.append(Folded(pass: pass, node: node.name, operation: node.operation.name))
    }
    replace(last, with: operation, inputs: inputs, name: self[producer].name, folded: history)
    for id in absorbed.dropLast().reversed() { removeIfUnused(id) }
    removeIfUnused(producer)
  }
}
