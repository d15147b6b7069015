import KilnGraph

/// Moves an activation into the last step of layers from which rearrangements separate it: `f(g(y)) = g(f(y))`, where
/// `g` only moves elements.
///
/// Applies to the functions and layers that `FuseActivations` knows, across reshapes, transpositions, concatenations,
/// copies (expansion, padding by copies, nearest neighbours) and pixel shuffles that nobody else reads. A part of a
/// concatenation that no layer computes gets a node of its own, which is less work than one of all parts.
///
/// Source: MixNet (Tan and Le, 2019) activates concatenations of convolutions.
package struct FuseActivationsBackward: Pass {
  package let name = "fuse-activation-backward"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    let order = graph.nodeIDs
    var budget = 64 + 32 * order.count
    for id in order where graph.contains(id) {
      let node = graph[id]
      guard let unary = node.operation as? Unary, unary.function.isFusible, let input = node.data,
        let producer = graph.producer(of: input), graph[producer].operation.onlyMovesElements
      else { continue }
      let route = ActivationRoute(to: input, depth: 0, budget: &budget, graph)
      guard route.reachesLayer else { continue }
      var replaced: [NodeID] = []
      let record = Folded(pass: name, node: node.name, operation: unary.name)
      let result = try graph.apply(unary, along: route, before: id, record, &replaced)
      graph.giveName(of: node.outputs[0], to: result)
      for id in [id] + replaced { graph.removeIfUnused(id) }
    }
  }
}

/// What applies a function to a value.
private indirect enum ActivationRoute {
  /// The layer that computes it.
  case layer(NodeID)
  /// A node of its own.
  case node(ValueID)
  /// The operands of the node that computes it, in order.
  case operands(NodeID, [ActivationRoute])

  /// The route of a function of a value.
  init(to value: ValueID, depth: Int, budget: inout Int, _ graph: Graph) {
    budget -= 1
    self = .node(value)
    guard graph.soleUser(of: value) != nil, let producer = graph.producer(of: value), depth < 16, budget > 0 else {
      return
    }
    let operation = graph[producer].operation
    if let layer = graph.epilogueOperator(producer) {
      if layer.epilogue.takesActivation { self = .layer(producer) }
    } else if operation.onlyMovesElements {
      var routes: [ActivationRoute] = []
      for operand in graph[producer].inputs.compactMap(\.self) {
        routes.append(ActivationRoute(to: operand, depth: depth + 1, budget: &budget, graph))
      }
      if routes.contains(where: \.reachesLayer) { self = .operands(producer, routes) }
    }
  }

  /// Whether it leads to a layer.
  var reachesLayer: Bool {
    switch self {
    case .layer: true
    case .node: false
    case .operands(_, let routes): routes.contains(where: \.reachesLayer)
    }
  }
}

extension Operator {
  /// Whether each element of the result is an element of an operand, wherever that is.
  var onlyMovesElements: Bool {
    switch self {
    case is Reshape, is Transpose, is Concat, is Expand, is Tile, is DepthToSpace, is SpaceToDepth: true
    case let pad as Pad: if case .constant = pad.mode { false } else { true }
    case let resize as Resize:
      switch (resize.interpolation, resize.coordinates) {
      case (_, .crop): false
      case (.nearest, _): true
      default: false
      }
    default: false
    }
  }
}

extension Graph {
  /// The value of a function applied along a route.
  ///
  /// New nodes stand before those whose place they take, or `reader`.
  ///
  /// - Parameter replaced: gets the nodes that others take the place of, readers first.
  fileprivate mutating func apply(
    _ unary: Unary, along route: ActivationRoute, before reader: NodeID, _ record: Folded, _ replaced: inout [NodeID]
  ) throws(PassError) -> ValueID {
    switch route {
    case .node(let value):
      if let constant = constant(value), let result = try? unary.evaluate([constant])[0] {
        return addConstant("\(self[value].name).activated", result)
      }
      return try add(unary, name: "\(record.node).\(self[value].name)", inputs: [value], before: reader)
    case .layer(let id):
      let node = self[id]
      guard var operation = node.operation as? any EpilogueOperator else {
        throw PassError(.defect, "'\(node.name)' takes no activation")
      }
      operation.epilogue.activation = .function(unary.function)
      replaced.append(id)
      return try add(
        operation, name: node.name, inputs: node.inputs, outputName: "\(self[node.outputs[0]].name).activated",
        folded: node.folded + [record], before: id)
    case .operands(let id, let routes):
      let node = self[id]
      replaced.append(id)
      var inputs: [ValueID] = []
      for route in routes { inputs.append(try apply(unary, along: route, before: id, record, &replaced)) }
      return try add(
        node.operation, name: node.name, inputs: inputs, outputName: "\(self[node.outputs[0]].name).activated",
        folded: node.folded, before: id)
    }
  }
}
