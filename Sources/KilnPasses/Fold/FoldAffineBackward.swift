import KilnGraph

/// Folds per-channel multiply-adds into linear layers and normalisations from which other operators separate them:
/// `f(W * x + b) * s + t = f(W' * x + b')` with `W' = W * s`, `b' = b * s + t`, where `f` only moves elements.
///
/// The second term of a difference takes a factor of -1 in the same way, where it can, so that a sum is left, which a layer
/// adds at once: `x - f(y) = x + f(-y)`. Not where the branches of a siamese network have their weights in common: the
/// binary would hold them twice.
///
/// Applies across reshapes and transpositions that leave each channel's elements with channel numbers of their own (a
/// flattening before a batch normalisation, heads of attention), concatenations, whose parts take their own channels'
/// terms, sums and differences of layers, slices, padding by copies, interpolation, averages, maxima where no factor is
/// negative, and, for one factor of all elements, products of matrices. Everything between must be read by nobody else, except that a layer's result may be sliced into parts, of
/// which only some are scaled.
///
/// A part of a concatenation that no layer computes keeps a multiply-add of its own, which is less work than one of all
/// parts. That is not done where an addition follows, which one of all parts would do at once.
///
/// All is computed in Float64 and rounded once.
///
/// Source: `Folding.affine(_:after:)`; LeViT (Graham et al., 2021) normalises flattened linear layers, MixNet (Tan and Le,
/// 2019) concatenations of convolutions.
package struct FoldAffineBackward: Pass {
  package let name = "fold-affine-backward"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    var routes = BackwardRoutes(graph)
    for id in graph.nodeIDs where graph.contains(id) {
      if graph.isPlainSubtraction(id) { try foldSign(id, &routes, &graph) }
      // From the first of a chain on; right after a layer, another pass folds it.
      guard let step = graph.affineStep(id), graph.soleUser(of: step.input) != nil,
        let producer = graph.producer(of: step.input), graph.linearLayer(producer) == nil,
        graph.normalizationLayer(producer) == nil, graph.affineStep(producer) == nil,
        graph.type(of: step.output).elementCount > 0
      else { continue }
      let chain = graph.affineChain(from: step)
      let route = routes.route(AxisAffine(chain.composed, axis: chain.axis), of: step.input, graph)
      guard route.reachesLayer, route.isComplete || isWorthwhile(route, instead: chain, graph) else { continue }
      let nodes = chain.map(\.node)
      let records = graph.records(of: nodes, pass: name)
      let result = try graph.follow(route, before: id, name: graph[id].name, records: records, pass: name)
      graph.giveName(of: chain[chain.count - 1].output, to: result.value)
      for id in nodes.reversed() + result.replaced { graph.removeIfUnused(id) }
    }
  }

  /// Turns a difference into a sum.
  private func foldSign(_ id: NodeID, _ routes: inout BackwardRoutes, _ graph: inout Graph) throws(PassError) {
    guard let left = graph[id].data, let right = graph[id].inputs[BinaryOperand.right],
      graph.soleUser(of: right) != nil,
      graph.type(of: right).elementCount > 0
    else { return }
    let route = routes.route(AxisAffine(PerChannelAffine(scale: [-1], shift: [0]), axis: nil), of: right, graph)
    guard route.reachesLayer, route.isComplete, !route.copiesWeights(in: graph) else { return }
    let negated = try graph.follow(route, before: id, name: graph[id].name, records: [], pass: name)
    graph.replace(id, with: Binary(.add), inputs: [left, negated.value])
    for id in negated.replaced { graph.removeIfUnused(id) }
  }

  /// Whether the multiply-adds that remain are less work, on axes that kernels have.
  private func isWorthwhile(_ route: BackwardRoute, instead chain: [AffineStep], _ graph: Graph) -> Bool {
    let result = chain[chain.count - 1].output
    let elements = route.remaining.reduce(0) { $0 + graph.type(of: $1.value).elementCount }
    return !graph.isPlainAddition(graph.soleUser(of: result)) && elements < graph.type(of: result).elementCount
      && route.remaining.allSatisfy { [nil, 1, graph.type(of: $0.value).rank - 1].contains($0.affine.axis) }
  }
}

extension Graph {
  /// The value that a route gives, computed before `reader`, and the nodes whose place others have taken, readers first.
  fileprivate mutating func follow(
    _ route: BackwardRoute, before reader: NodeID, name: String, records: [Folded], pass: String
  ) throws(PassError) -> (value: ValueID, replaced: [NodeID]) {
    var walk = RouteWalk(name: name, records: records, pass: pass)
    let result = try walk.value(of: route, before: reader, &self)
    return (result, walk.replaced)
  }
}

/// A backward route that is being followed.
private struct RouteWalk {
  /// The multiply-add's name.
  let name: String
  /// What nodes that take it over record.
  let records: [Folded]
  /// The pass's name.
  let pass: String
  /// The nodes that others take the place of, readers first.
  private(set) var replaced: [NodeID] = []
  private var multiplyAdds = 0

  init(name: String, records: [Folded], pass: String) {
    self.name = name
    self.records = records
    self.pass = pass
  }

  /// The value that a route gives.
  ///
  /// Nodes stand before those whose place they take, multiply-adds before `reader`.
  mutating func value(
    of route: BackwardRoute, before reader: NodeID, _ graph: inout Graph
  ) throws(PassError) -> ValueID {
    switch route {
    case .unchanged(let value): return value
    case .constant(let value, let affine):
      guard let constant = graph.constant(value) else { return value }
      return graph.addConstant("\(graph[value].name).scaled", try scaled(constant, affine))
    case .layer(let layer, let steps, let affine):
      let channels = graph.type(of: layer.output).shape[layer.channelAxis]
      let terms = steps.composed.followed(by: affine.terms(channels))
      let (operation, inputs) = try graph.layer(layer, followedBy: terms)
      let history = graph[layer.node].folded + graph.records(of: steps.map(\.node), pass: pass) + records
      replaced += steps.reversed().map(\.node) + [layer.node]
      return try graph.add(
        operation, name: layer.name, inputs: inputs, outputName: "\(graph[layer.output].name).scaled",
        folded: history, before: layer.node)
    case .normalization(let layer, let steps, let affine):
      let extent = affine.axis.map { graph.type(of: layer.output).shape[$0] } ?? 1
      let terms = steps.composed.followed(by: affine.terms(extent))
      let axis = affine.axis ?? steps.compactMap(\.axis).first
      let inputs = try graph.operands(of: layer, followedBy: terms, axis: axis)
      let history = graph[layer.node].folded + graph.records(of: steps.map(\.node), pass: pass) + records
      replaced += steps.reversed().map(\.node) + [layer.node]
      return try graph.add(
        graph[layer.node].operation, name: layer.name, inputs: inputs,
        outputName: "\(graph[layer.output].name).scaled", folded: history, before: layer.node)
    case .multiplyAdd(let value, let affine):
      let type = graph.type(of: value)
      let axis = affine.axis ?? min(1, type.rank - 1)
      let own = multiplyAdds == 0 ? name : "\(name).\(multiplyAdds)"
      multiplyAdds += 1
      let terms = affine.terms(type.shape[axis])
      let operands = try graph.operands(of: terms, channels: type.shape[axis], name: own, type.scalar)
      return try graph.add(
        ChannelAffine(axis: axis), name: own, inputs: [value] + operands, folded: records, before: reader)
    case .operands(let id, let routes):
      replaced.append(id)
      var inputs: [ValueID] = []
      for route in routes { inputs.append(try value(of: route, before: id, &graph)) }
      return try result(of: id, reading: inputs, &graph)
    case .slices(let id, let route):
      replaced.append(id)
      let scaled = try value(of: route, before: id, &graph)
      for other in graph[id].data.map({ graph.users(of: $0) }) ?? [] where other != id {
        graph.replace(other, with: graph[other].operation, inputs: [scaled])
      }
      return try result(of: id, reading: [scaled], &graph)
    }
  }

  /// The result of a node when it reads these values.
  private func result(
    of id: NodeID, reading inputs: [ValueID], _ graph: inout Graph
  ) throws(PassError) -> ValueID {
    let node = graph[id]
    return try graph.add(
      node.operation, name: node.name, inputs: inputs, outputName: "\(graph[node.outputs[0]].name).scaled",
      folded: node.folded, before: id)
  }

  /// A constant, multiplied and added to.
  private func scaled(_ constant: Tensor, _ affine: AxisAffine) throws(PassError) -> Tensor {
    let axis = affine.axis ?? 0
    let terms = affine.terms(affine.axis.map { constant.shape[$0] } ?? 1)
    let inner = constant.shape.dropFirst(axis + 1).reduce(1, *)
    let elements = constant.doubles().enumerated().map { index, element in
      let entry = index / inner % terms.scale.count
      return element * terms.scale[entry] + terms.shift[entry]
    }
    guard elements.isFinite(as: constant.scalar) else { throw .notFinite(layer: name) }
    return Tensor(shape: constant.shape, doubles: elements, as: constant.scalar)
  }
}
