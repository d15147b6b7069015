import KilnGraph

/// A node that becomes several, which stand before it under names made from its own.
///
/// What only depends on constants is computed at once.
struct NodeSpread {
  /// The graph, with what has been added.
  private(set) var graph: Graph
  /// The node.
  var id: NodeID

  /// Begins with a node of a graph.
  init(_ graph: Graph, _ id: NodeID) {
    self.graph = graph
    self.id = id
  }

  /// The type of an operand; `nil` when it is absent.
  func type(_ index: Int) -> TensorType? { optionalOperand(index).map { graph.type(of: $0) } }

  private var node: Node { graph[id] }

  /// A required operand.
  func operand(_ index: Int) -> ValueID {
    guard let value = optionalOperand(index) else { preconditionFailure("\(node.name) has no operand \(index)") }
    return value
  }

  /// An operand that may be absent.
  func optionalOperand(_ index: Int) -> ValueID? { node.inputs.indices.contains(index) ? node.inputs[index] : nil }

  /// Adds a node with one result, or a constant.
  mutating func add(_ operation: any Operator, _ suffix: String, _ inputs: [ValueID?]) throws(PassError) -> ValueID {
    let name = "\(node.name).\(suffix)"
    if inputs.allSatisfy({ $0 == nil || graph.constant($0) != nil }) {
      do {
        return graph.addConstant(name, try operation.evaluate(inputs.map { graph.constant($0) })[0])
      } catch {
        throw PassError(.defect, "\(operation.name) '\(name)': \(error)")
      }
    }
    return try graph.add(operation, name: name, inputs: inputs, before: id)
  }

  /// Adds a constant.
  mutating func constant(_ tensor: Tensor, _ suffix: String) -> ValueID {
    graph.addConstant("\(node.name).\(suffix)", tensor)
  }

  /// A value as float32.
  mutating func float(_ value: ValueID, _ suffix: String) throws(PassError) -> ValueID {
    graph.type(of: value).scalar == .float32 ? value : try add(Cast(to: .float32), suffix, [value])
  }

  /// A value with other dimensions.
  mutating func reshape(_ value: ValueID, to shape: [Int], _ suffix: String) throws(PassError) -> ValueID {
    graph.type(of: value).shape == shape ? value : try add(Reshape(to: shape), suffix, [value])
  }

  /// How the numbers of a scale or zero point belong to the elements of a tensor.
  struct Granularity {
    /// The axis along which they differ.
    var axis: Int
    /// Neighbours along the axis that share one; 0 without blocks.
    var blockSize: Int
    /// The tensor's dimensions.
    var shape: [Int]
  }

  /// A scale or zero point so that it broadcasts.
  ///
  /// Precondition: blocks divide their axis.
  mutating func parameter(
    _ index: Int, _ granularity: Granularity, _ suffix: String
  ) throws(PassError) -> ValueID {
    let (value, axis, block) = (operand(index), granularity.axis, granularity.blockSize)
    guard block > 0 else {
      if graph.type(of: value).elementCount == 1 { return try reshape(value, to: [], suffix) }
      let aligned = [granularity.shape[axis]] + Array(repeating: 1, count: granularity.shape.count - axis - 1)
      return try reshape(value, to: aligned, suffix)
    }
    var shape = graph.type(of: value).shape
    shape.insert(1, at: axis + 1)
    let column = try reshape(value, to: shape, "\(suffix).blocks")
    shape[axis + 1] = block
    return try reshape(
      try add(Expand(to: shape), "\(suffix).repeated", [column]), to: granularity.shape, suffix)
  }

  /// The same of an operand that may be absent.
  mutating func optionalParameter(
    _ index: Int, _ granularity: Granularity, _ suffix: String
  ) throws(PassError) -> ValueID? {
    optionalOperand(index) == nil ? nil : try parameter(index, granularity, suffix)
  }

  /// Makes the node compute something else.
  mutating func replace(with operation: any Operator, _ inputs: [ValueID?]) {
    graph.replace(id, with: operation, inputs: inputs)
  }

  /// Makes values take the place of the node's results, under their names.
  mutating func replaceResults(with values: [ValueID]) {
    for (old, new) in zip(graph[id].outputs, values) {
      let name = graph[old].name
      graph.rename(old, to: "\(name).spread")
      graph.rename(new, to: name)
      graph.replaceUses(of: old, with: new)
    }
    graph.remove(id)
  }
}
