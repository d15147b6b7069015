import KilnGraph

/// Folds per-channel multiply-adds into linear layers to which other operators carry their results:
/// `W * f(x * s + t) + b = W' * f(x) + b'`, where `f` only moves elements.
///
/// Applies when everybody who reads the result leads to such layers and nowhere else, across reshapes (a flattening: each
/// channel's terms hold for all of its pixels), transpositions, concatenations, whose other parts stay as they are,
/// slices, padding by copies, interpolation, averages, and maxima where no factor is negative. A shift `t` that isn't 0
/// folds only into a layer each of whose outputs sees every tap.
///
/// Source: `Folding.affine(_:before:)`.
package struct FoldAffineForward: Pass {
  package let name = "fold-affine-forward"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    // Backwards, so that of a chain the last is folded first.
    let order = graph.nodeIDs
    var budget = 64 + 32 * order.count
    for id in order.reversed() {
      guard graph.contains(id), let step = graph.affineStep(id), graph.type(of: step.output).elementCount > 0 else {
        continue
      }
      var search = ForwardSearch(budget: budget)
      let readers = search.readers(of: step.output, AxisAffine(step.affine, axis: step.axis), graph)
      budget = search.budget
      guard let readers else { continue }
      let records = graph.records(of: [id], pass: name)
      for reader in readers { try graph.follow(reader, from: step.output, to: step.input, records) }
      graph.removeIfUnused(id)
    }
  }
}

/// A reader of a value that is to read what the value is before a multiply-add.
private indirect enum ForwardRoute {
  /// A layer takes the multiply-add into its weights.
  case layer(LinearLayer, AxisAffine)
  /// A node's result is then what it was before a multiply-add itself, which its readers take.
  case result(NodeID, [ForwardRoute])
}

/// The search for the readers of one multiply-add's result.
private struct ForwardSearch {
  /// How many more readers may be looked at, by all searches.
  var budget: Int
  /// Nodes that a route passes already: one that two lead to would be changed twice.
  private var passed: Set<NodeID> = []
  /// The most nodes that a route passes.
  private static let longest = 16

  init(budget: Int) { self.budget = budget }

  /// The routes of all who read `value`; `nil` when one of them doesn't lead to layers.
  mutating func readers(
    of value: ValueID, _ affine: AxisAffine, depth: Int = 0, _ graph: Graph
  ) -> [ForwardRoute]? {
    let users = graph.users(of: value)
    budget -= users.count
    guard !users.isEmpty, !graph.isOutput(value), depth < Self.longest, budget > 0 else { return nil }
    var routes: [ForwardRoute] = []
    for user in users {
      guard passed.insert(user).inserted, let route = route(affine, of: value, through: user, depth: depth, graph)
      else {
        return nil
      }
      routes.append(route)
    }
    return routes
  }

  private mutating func route(
    _ affine: AxisAffine, of value: ValueID, through id: NodeID, depth: Int, _ graph: Graph
  ) -> ForwardRoute? {
    if let layer = graph.linearLayer(id) {
      guard layer.input == value, affine.axis ?? layer.channelAxis == layer.channelAxis,
        affine.isScaling || layer.seesEveryTap
      else { return nil }
      return .layer(layer, affine)
    }
    let node = graph[id]
    guard node.outputs.dropFirst().allSatisfy({ graph.users(of: $0).isEmpty && !graph.isOutput($0) }),
      let moved = self.affine(affine, of: value, onResultOf: node, graph),
      let readers = readers(of: node.outputs[0], moved, depth: depth + 1, graph)
    else { return nil }
    return .result(id, readers)
  }

  /// The multiply-add of a node's result that has the effect of one of an operand.
  private func affine(_ affine: AxisAffine, of value: ValueID, onResultOf node: Node, _ graph: Graph) -> AxisAffine? {
    let (operand, result) = (graph.type(of: value).shape, graph.type(of: node.outputs[0]).shape)
    switch node.operation {
    case let operation as any AffineCommuting: return operation.onResult(affine, operand: operand, result: result)
    case let slice as Slice:
      guard let axis = affine.axis else { return affine }
      guard slice.steps[axis] == 1 else { return nil }
      return affine.part(slice.starts[axis]..<slice.starts[axis] + slice.counts[axis], along: axis)
    case let concat as Concat:
      let extents = node.inputs.map { $0.map { graph.type(of: $0).shape[concat.axis] } ?? 0 }
      guard let part = node.inputs.firstIndex(of: value) else { return nil }
      let start = extents[..<part].reduce(0, +)
      return affine.extended(from: start..<start + extents[part], to: result[concat.axis], along: concat.axis)
    default: return nil
    }
  }
}

extension Graph {
  /// Makes a reader of `old` read `new`, which is `old` before a multiply-add.
  fileprivate mutating func follow(
    _ route: ForwardRoute, from old: ValueID, to new: ValueID, _ records: [Folded]
  ) throws(PassError) {
    switch route {
    case .layer(let layer, let affine):
      let extent = type(of: layer.input).shape[layer.channelAxis]
      let weights = Folding.affine(affine.terms(extent), before: weights(of: layer))
      var inputs = try operands(of: layer, with: weights)
      inputs[LinearOperand.input] = new
      replace(layer.node, with: layer.reweighted, inputs: inputs, folded: records)
    case .result(let id, let readers):
      let node = self[id]
      let unscaled = try add(
        node.operation, name: node.name, inputs: node.inputs.map { $0 == old ? new : $0 },
        outputName: "\(self[node.outputs[0]].name).unscaled", folded: node.folded, before: id)
      for reader in readers { try follow(reader, from: node.outputs[0], to: unscaled, records) }
      removeIfUnused(id)
    }
  }
}
