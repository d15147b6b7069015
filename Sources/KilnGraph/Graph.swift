/// A network as a value: nodes in topological order, and the values that flow between them.
///
/// Nodes and values are named by identifiers that stay valid until the node is removed. Producers and users are kept
/// up to date by every mutation, so that a pass over n nodes costs O(n).
///
/// Invariant: a value keeps its meaning. A pass may remove a value or say how to compute it in another way, but what it
/// holds, under its name, is what the original network would have put there. Verification compares layers by it.
package struct Graph: Sendable {
  /// The network's name, as the model file gives it; may be empty.
  package var name: String
  /// The run-time inputs, in the model's order.
  package private(set) var inputs: [ValueID] = []
  /// The results, in the model's order.
  ///
  /// A result may be a constant or an input, and may appear twice.
  package private(set) var outputs: [Port] = []

  private var values: [Value] = []
  private var producers: [NodeID?] = []
  private var uses: [[NodeID]] = []
  private var resultCounts: [Int] = []
  private var nodes: [Node?] = []
  private var links: [(previous: Int, next: Int)] = []
  private var first = -1
  private var last = -1

  /// Makes an empty network.
  package init(name: String = "") { self.name = name }

  // MARK: Reading

  /// The nodes in topological order.
  ///
  /// Complexity: O(nodes).
  package var nodeIDs: [NodeID] {
    var result: [NodeID] = []
    var index = first
    while index >= 0 {
      result.append(NodeID(index: index))
      index = links[index].next
    }
    return result
  }

  /// Whether the node has not been removed.
  package func contains(_ id: NodeID) -> Bool { nodes[id.index] != nil }

  /// The node.
  ///
  /// Precondition: it has not been removed.
  package subscript(id: NodeID) -> Node {
    guard let node = nodes[id.index] else { preconditionFailure("node \(id.index) was removed") }
    return node
  }

  /// The value.
  package subscript(id: ValueID) -> Value { values[id.index] }

  /// The type of a value.
  package func type(of id: ValueID) -> TensorType { values[id.index].type }

  /// The number of values ever made: identifiers are below it.
  package var valueCount: Int { values.count }

  /// The tensor of a constant value; `nil` when the value is computed, an input, or absent.
  package func constant(_ id: ValueID?) -> Tensor? { id.flatMap { values[$0.index].constant } }

  /// The node that computes a value; `nil` for inputs and constants.
  package func producer(of id: ValueID?) -> NodeID? { id.flatMap { producers[$0.index] } }

  /// The nodes that read a value, once for each operand that is this value.
  package func users(of id: ValueID) -> [NodeID] { uses[id.index] }

  /// Whether a value is one of the network's results.
  package func isOutput(_ id: ValueID) -> Bool { resultCounts[id.index] > 0 }

  /// Whether nobody reads what a node computes.
  package func isUnused(_ id: NodeID) -> Bool {
    self[id].outputs.allSatisfy { uses[$0.index].isEmpty && !isOutput($0) }
  }

  /// The one node that reads a value, when it is read exactly once and is not a result of the network.
  package func soleUser(of id: ValueID) -> NodeID? {
    uses[id.index].count == 1 && !isOutput(id) ? uses[id.index][0] : nil
  }

  // MARK: Building

  /// Adds a run-time input.
  package mutating func addInput(_ name: String, _ type: TensorType) -> ValueID {
    let id = addValue(Value(name: name, type: type))
    inputs.append(id)
    return id
  }

  /// Adds a constant.
  package mutating func addConstant(_ name: String, _ tensor: Tensor) -> ValueID {
    addValue(Value(name: name, type: tensor.type, constant: tensor))
  }

  /// Marks a value as the network's next result.
  package mutating func addOutput(_ name: String, _ value: ValueID) {
    outputs.append(Port(name: name, value: value))
    resultCounts[value.index] += 1
  }

  /// Adds a node after all others, or before `successor`, and makes its output values.
  ///
  /// - Parameters:
  ///   - outputNames: one name an output; outputs without a name get the node's.
  ///   - folded: what passes merged into the node that this one takes the place of.
  /// - Returns: the output values.
  /// - Throws: `OperatorError` when the inputs don't fit the operator.
  @discardableResult
  package mutating func insert(
    _ operation: any Operator, name: String, inputs: [ValueID?], outputNames: [String] = [],
    folded: [Folded] = [], before successor: NodeID? = nil
  ) throws(OperatorError) -> [ValueID] {
    let types = try operation.outputTypes(for: inputs.map { $0.map { self.type(of: $0) } })
    let outputs = types.enumerated().map { index, type in
      let own = index == 0 ? name : "\(name):\(index)"
      return addValue(Value(name: outputNames.indices.contains(index) ? outputNames[index] : own, type: type))
    }
    let node = Node(name: name, operation: operation, inputs: inputs, outputs: outputs, folded: folded)
    insert(node, before: successor)
    return outputs
  }

  // MARK: Rewriting

  /// Replaces what a node computes, keeping its place and its outputs.
  ///
  /// Nodes it absorbs stay until nobody reads them: see `removeUnused()`.
  ///
  /// - Parameters:
  ///   - name: the node's new name, when it takes over another node's work.
  ///   - folded: what the node now does besides, appended to its history.
  package mutating func replace(
    _ id: NodeID, with operation: any Operator, inputs: [ValueID?], name: String? = nil, folded: [Folded] = []
  ) {
    var node = self[id]
    node.name = name ?? node.name
    for input in node.inputs.compactMap(\.self) { removeUse(of: input, by: id) }
    node.operation = operation
    node.inputs = inputs
    node.folded += folded
    for input in inputs.compactMap(\.self) { uses[input.index].append(id) }
    nodes[id.index] = node
  }

  /// Makes every reader of `old`, and every result that is `old`, read `new`.
  package mutating func replaceUses(of old: ValueID, with new: ValueID) {
    guard old != new else { return }
    // One operand for each use; in place, since a node may have very many.
    for user in uses[old.index] {
      guard let operand = nodes[user.index]?.inputs.firstIndex(of: old) else { continue }
      nodes[user.index]?.inputs[operand] = new
    }
    uses[new.index] += uses[old.index]
    uses[old.index] = []
    guard isOutput(old) else { return }
    for index in outputs.indices where outputs[index].value == old { setOutput(index, to: new) }
  }

  /// Makes the result at `index` another value; its name stays.
  package mutating func setOutput(_ index: Int, to value: ValueID) {
    resultCounts[outputs[index].value.index] -= 1
    resultCounts[value.index] += 1
    outputs[index].value = value
  }

  /// Makes other values the network's results.
  package mutating func setOutputs(_ ports: [Port]) {
    for port in outputs { resultCounts[port.value.index] -= 1 }
    for port in ports { resultCounts[port.value.index] += 1 }
    outputs = ports
  }

  /// Gives a value another name.
  package mutating func rename(_ id: ValueID, to name: String) { values[id.index].name = name }

  /// Gives a value another type, when a pass changes the layout of what it holds.
  package mutating func setType(of id: ValueID, to type: TensorType) { values[id.index].type = type }

  /// Removes a node whose outputs nobody reads.
  package mutating func remove(_ id: NodeID) {
    let node = self[id]
    precondition(isUnused(id), "\(node.name) is still read")
    for input in node.inputs.compactMap(\.self) { removeUse(of: input, by: id) }
    for output in node.outputs { producers[output.index] = nil }
    let (previous, next) = links[id.index]
    if previous >= 0 { links[previous].next = next } else { first = next }
    if next >= 0 { links[next].previous = previous } else { last = previous }
    nodes[id.index] = nil
  }

  /// Removes every node whose outputs nobody reads, directly or through others.
  package mutating func removeUnused() {
    for id in nodeIDs.reversed() where isUnused(id) { remove(id) }
  }

  /// Lets go of the elements of constants that nobody reads, which passes have replaced by others.
  package mutating func releaseUnusedConstants() {
    for index in values.indices where uses[index].isEmpty && resultCounts[index] == 0 { values[index].constant = nil }
  }

  private mutating func addValue(_ value: Value) -> ValueID {
    values.append(value)
    producers.append(nil)
    uses.append([])
    resultCounts.append(0)
    return ValueID(index: values.count - 1)
  }

  private mutating func insert(_ node: Node, before successor: NodeID?) {
    let id = NodeID(index: nodes.count)
    nodes.append(node)
    for input in node.inputs.compactMap(\.self) { uses[input.index].append(id) }
    for output in node.outputs { producers[output.index] = id }
    let next = successor?.index ?? -1
    let previous = next >= 0 ? links[next].previous : last
    links.append((previous, next))
    if previous >= 0 { links[previous].next = id.index } else { first = id.index }
    if next >= 0 { links[next].previous = id.index } else { last = id.index }
  }

  private mutating func removeUse(of value: ValueID, by node: NodeID) {
    // From the back, where passes that go forward have left the latest.
    if let index = uses[value.index].lastIndex(of: node) { uses[value.index].remove(at: index) }
  }
}

/// Names a value of one graph.
package struct ValueID: Hashable, Sendable {
  /// A number below the graph's `valueCount`.
  package let index: Int
}

/// Names a node of one graph.
package struct NodeID: Hashable, Sendable {
  /// A number unique to the node.
  package let index: Int
}
