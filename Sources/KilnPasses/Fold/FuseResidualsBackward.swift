import KilnGraph

/// Moves the addition of a residual into the last step of layers from which a concatenation of channels, or the reshape of
/// a fully connected layer, separates it: `concat(y, z) + r = concat(y + r', z + r'')`, where `r'` and `r''` are the
/// residual's channels.
///
/// Applies to an addition of two computed tensors of the same shape when layers compute all parts, along whose channels
/// they are joined, for nobody else. The layers move to the addition's place, where the residual is there. Nothing is
/// copied: each layer reads its range of the residual's channels.
///
/// Source: MixNet (Tan and Le, 2019) adds residuals to concatenations of convolutions.
package struct FuseResidualsBackward: Pass {
  package let name = "fuse-residual-backward"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    let order = graph.nodeIDs
    var budget = 64 + 32 * order.count
    for id in order where graph.contains(id) && graph.isPlainAddition(id) {
      let operands = graph[id].inputs.compactMap(\.self)
      for (sum, residual) in [(operands[0], operands[1]), (operands[1], operands[0])] {
        guard let producer = graph.producer(of: sum), graph.epilogueOperator(producer) == nil,
          let route = ResidualRoute(to: sum, depth: 0, budget: &budget, graph)
        else { continue }
        let record = Folded(pass: name, node: graph[id].name, operation: graph[id].operation.name)
        let result = try graph.add(residual, along: route, before: id, record)
        graph.giveName(of: graph[id].outputs[0], to: result)
        for id in [id] + route.nodes { graph.removeIfUnused(id) }
        break
      }
    }
  }
}

/// What adds a residual to a value.
private indirect enum ResidualRoute {
  /// The layer that computes it.
  case layer(NodeID)
  /// The operand of the reshape that computes it.
  case reshape(NodeID, ResidualRoute)
  /// The operands of the concatenation that computes it, in order.
  case parts(NodeID, axis: Int, [ResidualRoute])

  /// The route of a value that nobody else reads; `nil` when not all of it comes from layers.
  init?(to value: ValueID, depth: Int, budget: inout Int, _ graph: Graph) {
    budget -= 1
    guard graph.soleUser(of: value) != nil, let producer = graph.producer(of: value), depth < 16, budget > 0 else {
      return nil
    }
    let node = graph[producer]
    if let layer = graph.epilogueOperator(producer) {
      guard layer.epilogue.addend == nil else { return nil }
      self = .layer(producer)
      return
    }
    switch node.operation {
    case is Reshape:
      guard let input = node.data, let layer = graph.producer(of: input), graph[layer].operation is Linear,
        let route = ResidualRoute(to: input, depth: depth + 1, budget: &budget, graph)
      else { return nil }
      self = .reshape(producer, route)
    case let concat as Concat:
      var parts: [ResidualRoute] = []
      for operand in node.inputs.compactMap(\.self) {
        guard let part = ResidualRoute(to: operand, depth: depth + 1, budget: &budget, graph),
          part.joins(along: concat.axis, graph)
        else { return nil }
        parts.append(part)
      }
      self = .parts(producer, axis: concat.axis, parts)
    default: return nil
    }
  }

  /// Whether `axis` has the channels of the layers.
  private func joins(along axis: Int, _ graph: Graph) -> Bool {
    switch self {
    case .layer(let id):
      let rank = graph.type(of: graph[id].outputs[0]).rank
      return (graph[id].operation as? any EpilogueOperator)?.channelAxis(rank: rank) == axis
    case .reshape: return false
    case .parts(_, let own, _): return own == axis
    }
  }

  /// Its nodes, readers first.
  var nodes: [NodeID] {
    switch self {
    case .layer(let id): [id]
    case .reshape(let id, let route): [id] + route.nodes
    case .parts(let id, _, let parts): [id] + parts.flatMap(\.nodes)
    }
  }
}

extension Graph {
  /// The sum of a residual and the value that a route leads to, computed before `reader`.
  fileprivate mutating func add(
    _ residual: ValueID, along route: ResidualRoute, before reader: NodeID, _ record: Folded
  ) throws(PassError) -> ValueID {
    switch route {
    case .layer(let id):
      let node = self[id]
      guard var operation = node.operation as? any EpilogueOperator else {
        throw PassError(.defect, "'\(node.name)' adds nothing")
      }
      operation.epilogue.addend = operation.epilogue.activation == nil ? .beforeActivation : .afterActivation
      var inputs = node.inputs
      while inputs.count <= LinearOperand.addend { inputs.append(nil) }
      inputs[LinearOperand.addend] = residual
      return try add(
        operation, name: node.name, inputs: inputs, outputName: "\(self[node.outputs[0]].name).added",
        folded: node.folded + [record], before: reader)
    case .reshape(let id, let route):
      guard let input = self[id].data else { return residual }
      let flat = try add(
        Reshape(to: type(of: input).shape), name: "\(self[residual].name).\(self[id].name)", inputs: [residual],
        before: reader)
      let sum = try add(flat, along: route, before: reader, record)
      return try add(self[id].operation, name: self[id].name, inputs: [sum], before: reader)
    case .parts(let id, let axis, let parts):
      let shape = type(of: residual).shape
      var starts = shape.map { _ in 0 }
      var sums: [ValueID] = []
      for (part, operand) in zip(parts, self[id].inputs.compactMap(\.self)) {
        let counts = type(of: operand).shape
        let slice = try add(
          Slice(starts: starts, counts: counts), name: "\(self[residual].name).\(sums.count)", inputs: [residual],
          before: reader)
        sums.append(try add(slice, along: part, before: reader, record))
        starts[axis] += counts[axis]
      }
      return try add(self[id].operation, name: self[id].name, inputs: sums, folded: self[id].folded, before: reader)
    }
  }
}
