import KilnGraph
import KilnKernels
import KilnLowering

/// Decides storage.
///
/// Concat's operands are placed inside its result, Slice's results inside its operand, both sides of a Reshape on each
/// other, and the result of an elementwise last step on an operand that nobody needs any more, wherever the kernels
/// on both sides can work with that; what remains is copied by the operators' own lowerings. Then every value that a
/// padded convolution reads gets a border of what stands for 0, where nobody needs it dense; elsewhere the padding becomes a Pad.
struct StoragePlanner {
  var graph: Graph
  var forest: AliasForest
  var position: [NodeID: Int] = [:]
  var storage: [NodeID: NodeStorage] = [:]
  /// Values that a kernel, or the caller, reads or writes as one dense run.
  var mustBeDense: Set<ValueID> = []
  /// Values in the caller's memory.
  var external: Set<ValueID> = []

  /// Plans the storage of a graph all of whose nodes can be lowered.
  static func plan(_ graph: Graph) -> StoragePlan {
    var graph = graph
    copySharedResults(in: &graph)
    while true {
      var planner = StoragePlanner(graph)
      planner.shareMemory()
      guard planner.makePaddingExplicit() else { return planner.layOut() }
      graph = planner.graph
    }
  }

  init(_ graph: Graph) {
    self.graph = graph
    external = Set(graph.inputs + graph.outputs.map(\.value))
    mustBeDense = external
    for (index, id) in graph.nodeIDs.enumerated() {
      let node = graph[id]
      position[id] = index
      let request = Lowerings.lowering(for: node.operation)?.storage(node, graph) ?? NodeStorage()
      storage[id] = request
      if node.operation is Concat || node.operation is Slice { continue }
      for (operand, value) in node.inputs.enumerated() where !request.stridedInputs.contains(operand) {
        if let value, graph.constant(value) == nil { mustBeDense.insert(value) }
      }
      for (index, value) in node.outputs.enumerated() where index > 0 || !request.stridedOutput {
        mustBeDense.insert(value)
      }
    }
    var families = [AliasForest.Family](repeating: AliasForest.Family(), count: graph.valueCount)
    for (id, position) in position {
      for value in graph[id].inputs.compactMap(\.self) {
        families[value.index].lastReader = max(families[value.index].lastReader, position)
      }
      if let first = graph[id].inputs.first ?? nil, let request = storage[id], !request.border.isEmpty {
        families[first.index].borderNumbers.insert(request.borderNumber)
      }
    }
    for value in mustBeDense { families[value.index].mustBeDense = true }
    forest = AliasForest(graph: graph, families: families)
  }

  /// A result that is a constant, a model input, or another result too gets a copy of its own.
  private static func copySharedResults(in graph: inout Graph) {
    var taken = Set(graph.inputs)
    for (index, output) in graph.outputs.enumerated() {
      let isFirst = taken.insert(output.value).inserted
      guard !isFirst || graph.constant(output.value) != nil else { continue }
      let copy = Reshape(to: graph.type(of: output.value).shape)
      graph.setOutput(index, to: graph.inserting(copy, name: output.name, output.value))
    }
  }

  private mutating func layOut() -> StoragePlan {
    var plan = StoragePlan(graph: graph, views: [:], buffers: [], borders: [:])
    var owners: [ValueID: Buffer.Owner] = [:]
    for (index, output) in graph.outputs.enumerated() { owners[output.value] = .output(index) }
    for (index, input) in graph.inputs.enumerated() { owners[input] = .input(index) }
    let computed = graph.nodeIDs.flatMap { graph[$0].outputs }
    for root in graph.inputs + computed where forest.isRoot(root) {
      var shape = graph.type(of: root).shape
      guard let dense = forest.locations(inside: root, (0, shape.rowMajorStrides)) else {
        preconditionFailure("\(graph[root].name) can't be viewed")
      }
      let border = dense.reduce(Border()) { $0.union(self.border(around: $1.value)) }
      var offset = 0
      if !border.isEmpty {
        shape[1] += border.top + border.bottom
        shape[2] += border.left + border.right
      }
      let strides = shape.rowMajorStrides
      if !border.isEmpty { offset = border.top * strides[1] + border.left * strides[2] }
      let buffer = Buffer.ID(index: plan.buffers.count)
      plan.buffers.append(
        Buffer(owner: owners[root] ?? .arena, scalar: graph.type(of: root).scalar, elementCount: shape.elementCount))
      if !border.isEmpty {
        let number = forest.family(of: root).borderNumbers.first ?? 0
        plan.borders[buffer] = BorderedImage(root: root, border: border, number: number)
      }
      guard let members = border.isEmpty ? dense : forest.locations(inside: root, (offset, strides)) else {
        preconditionFailure("\(graph[root].name) can't have a border")
      }
      for (member, location) in members {
        plan.views[member] = View(
          buffer: buffer, offset: location.offset, shape: graph.type(of: member).shape, strides: location.strides)
      }
    }
    return plan
  }

  private func border(around value: ValueID) -> Border {
    graph.users(of: value).reduce(Border()) { border, user in
      graph[user].data == value ? border.union(storage[user]?.border ?? Border()) : border
    }
  }
}

extension Graph {
  /// Adds a node of the planner's own, whose operand fits by construction, and returns its result.
  mutating func inserting(
    _ operation: any Operator, name: String, _ input: ValueID, before successor: NodeID? = nil
  ) -> ValueID {
    do {
      return try insert(operation, name: name, inputs: [input], before: successor)[0]
    } catch {
      preconditionFailure("\(name): \(error)")
    }
  }
}
