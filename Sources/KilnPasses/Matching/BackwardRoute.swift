import KilnGraph

/// What gives a value a multiply-add without computing one, found by going from the value towards what it is made from.
indirect enum BackwardRoute {
  /// Nothing: the multiply-add changes no element of this value.
  case unchanged(ValueID)
  /// A constant takes other elements.
  case constant(ValueID, AxisAffine)
  /// A linear layer takes the multiply-adds that follow it, and then this one, into its weights.
  case layer(LinearLayer, [AffineStep], AxisAffine)
  /// A normalisation takes them into its scale and bias.
  case normalization(NormalizationLayer, [AffineStep], AxisAffine)
  /// The value is multiplied and added to, by a node of its own.
  case multiplyAdd(ValueID, AxisAffine)
  /// The node that computes the value reads others instead: each operand's route, in order.
  case operands(NodeID, [BackwardRoute])
  /// A slice reads something else, and so do all others that share its operand, whose elements stay as they are.
  case slices(NodeID, BackwardRoute)

  /// Whether no multiply-add remains.
  var isComplete: Bool { remaining.isEmpty }

  /// Whether it leads to a layer.
  var reachesLayer: Bool {
    switch self {
    case .unchanged, .constant, .multiplyAdd: false
    case .layer, .normalization: true
    case .operands(_, let routes): routes.contains(where: \.reachesLayer)
    case .slices(_, let route): route.reachesLayer
    }
  }

  /// Whether a layer that it leads to would get weights of its own, which it has in common with another now.
  func copiesWeights(in graph: Graph) -> Bool {
    switch self {
    case .unchanged, .constant, .normalization, .multiplyAdd: false
    case .layer(let layer, _, _): graph.users(of: layer.weight).count > 1
    case .operands(_, let routes): routes.contains { $0.copiesWeights(in: graph) }
    case .slices(_, let route): route.copiesWeights(in: graph)
    }
  }

  /// The multiply-adds that remain.
  var remaining: [(value: ValueID, affine: AxisAffine)] {
    switch self {
    case .unchanged, .constant, .layer, .normalization: []
    case .multiplyAdd(let value, let affine): [(value, affine)]
    case .operands(_, let routes): routes.flatMap(\.remaining)
    case .slices(_, let route): route.remaining
    }
  }
}

/// Finds backward routes.
struct BackwardRoutes {
  /// How many more values may be looked at: the passes that search for routes stay linear in the length of the graph,
  /// whatever it looks like.
  private var budget: Int
  /// The most nodes that a route passes.
  private static let longest = 16

  /// Begins searching in a graph.
  init(_ graph: Graph) { budget = 64 + 32 * graph.nodeIDs.count }

  /// The route of a multiply-add of `value`, which nobody else reads.
  ///
  /// One that isn't `.multiplyAdd` reaches a layer.
  mutating func route(_ affine: AxisAffine, of value: ValueID, _ graph: Graph) -> BackwardRoute {
    route(Step(affine: affine, value: value), graph)
  }

  /// A value on the way.
  private struct Step {
    /// What the value is to become.
    var affine: AxisAffine
    /// The value.
    var value: ValueID
    /// How many nodes read it that shall see what it becomes.
    var readers = 1
    /// The nodes between here and where the route begins.
    var passed = 0
    /// Whether no other route leads here.
    var isAlone = true

    /// The step to an operand of the node that computes the value.
    func before(_ affine: AxisAffine, _ value: ValueID, readers: Int = 1, isAlone: Bool = true) -> Step {
      Step(affine: affine, value: value, readers: readers, passed: passed + 1, isAlone: self.isAlone && isAlone)
    }
  }

  private mutating func route(_ step: Step, _ graph: Graph) -> BackwardRoute {
    let (affine, value) = (step.affine, step.value)
    let stop = BackwardRoute.multiplyAdd(value, affine)
    budget -= 1
    if affine.isIdentity { return .unchanged(value) }
    if graph.constant(value) != nil { return .constant(value, affine) }
    guard graph.users(of: value).count == step.readers, !graph.isOutput(value),
      let producer = graph.producer(of: value), step.passed < Self.longest, budget > 0
    else { return stop }
    if let route = layerRoute(affine, of: value, graph) { return route }
    let routes: [BackwardRoute]?
    switch graph[producer].operation {
    case let slice as Slice: return sliceRoute(step, slice, producer, graph) ?? stop
    case let operation as any AffineCommuting: routes = commutingRoute(step, operation, producer, graph)
    case let concat as Concat: routes = partRoutes(step, concat, producer, graph)
    case let binary as Binary where binary.function == .add || binary.function == .subtract:
      routes = termRoutes(step, producer, graph)
    case is MatMul where affine.axis == nil && affine.isScaling: routes = factorRoutes(step, producer, graph)
    default: routes = nil
    }
    let whole = routes.map { BackwardRoute.operands(producer, $0) }
    return whole?.reachesLayer == true ? whole ?? stop : stop
  }

  /// The route to the layer or normalisation that computes `value`, perhaps through other multiply-adds.
  private mutating func layerRoute(_ affine: AxisAffine, of value: ValueID, _ graph: Graph) -> BackwardRoute? {
    var (current, steps): (ValueID, [AffineStep]) = (value, [])
    while let step = graph.affineStep(graph.producer(of: current)), graph.soleUser(of: step.input) != nil, budget > 0 {
      steps.append(step)
      current = step.input
      budget -= 1
    }
    let axes = Set((steps.map(\.axis) + [affine.axis]).compactMap(\.self))
    if let layer = graph.linearLayer(graph.producer(of: current)) {
      return axes.isSubset(of: [layer.channelAxis]) ? .layer(layer, steps.reversed(), affine) : nil
    }
    if let layer = graph.normalizationLayer(graph.producer(of: current)) {
      let fits = axes.count <= 1 && axes.allSatisfy(layer.axes.contains)
      return fits ? .normalization(layer, steps.reversed(), affine) : nil
    }
    return nil
  }

  private mutating func commutingRoute(
    _ step: Step, _ operation: any AffineCommuting, _ id: NodeID, _ graph: Graph
  ) -> [BackwardRoute]? {
    guard let operand = graph[id].data,
      let affine = operation.onOperand(
        step.affine, operand: graph.type(of: operand).shape, result: graph.type(of: step.value).shape)
    else { return nil }
    return [route(step.before(affine, operand), graph)]
  }

  /// A concatenation: each part takes its own terms.
  private mutating func partRoutes(_ step: Step, _ concat: Concat, _ id: NodeID, _ graph: Graph) -> [BackwardRoute]? {
    var routes: [BackwardRoute] = []
    var start = 0
    for operand in graph[id].inputs.compactMap(\.self) {
      let extent = graph.type(of: operand).shape[concat.axis]
      guard let part = step.affine.part(start..<start + extent, along: concat.axis) else { return nil }
      routes.append(route(step.before(part, operand, isAlone: false), graph))
      start += extent
    }
    return routes
  }

  /// A sum or difference: `(x - y) * s + t = (x * s + t) - y * s`.
  ///
  /// One multiply-add of the result is no more than one of an operand, so both must reach layers.
  private mutating func termRoutes(_ step: Step, _ id: NodeID, _ graph: Graph) -> [BackwardRoute]? {
    let operands = graph[id].inputs.compactMap(\.self)
    guard operands.allSatisfy({ graph.type(of: $0) == graph.type(of: step.value) }) else { return nil }
    let routes = zip(operands, [step.affine, step.affine.scaling]).map {
      route(step.before($1, $0, isAlone: false), graph)
    }
    return routes.allSatisfy(\.isComplete) ? routes : nil
  }

  /// A product of matrices: `(X * Y) * s = (X * s) * Y = X * (Y * s)`.
  private mutating func factorRoutes(_ step: Step, _ id: NodeID, _ graph: Graph) -> [BackwardRoute]? {
    let operands = graph[id].inputs.compactMap(\.self)
    for (index, operand) in operands.enumerated() {
      let route = route(step.before(step.affine, operand), graph)
      guard route.reachesLayer, route.isComplete else { continue }
      return operands.indices.map { $0 == index ? route : .unchanged(operands[$0]) }
    }
    return nil
  }

  /// The route through a slice.
  ///
  /// If others read its operand too, they must be slices of other channels.
  private mutating func sliceRoute(_ step: Step, _ slice: Slice, _ id: NodeID, _ graph: Graph) -> BackwardRoute? {
    guard let whole = graph[id].data else { return nil }
    let shape = graph.type(of: whole).shape
    if graph.soleUser(of: whole) != nil, step.affine.axis.map({ slice.takesAll(of: $0, of: shape) }) ?? true {
      let route = route(step.before(step.affine, whole), graph)
      return route.reachesLayer ? .operands(id, [route]) : nil
    }
    guard step.isAlone, let range = slice.range(of: shape) else { return nil }
    let users = graph.users(of: whole)
    budget -= users.count
    let areApart = users.allSatisfy { user in
      guard user != id, let other = (graph[user].operation as? Slice)?.range(of: shape) else { return user == id }
      return other.axis == range.axis && !other.indices.overlaps(range.indices)
    }
    guard areApart,
      let affine = step.affine.extended(from: range.indices, to: shape[range.axis], along: range.axis)
    else { return nil }
    let route = route(step.before(affine, whole, readers: users.count), graph)
    return route.reachesLayer && route.isComplete ? .slices(id, route) : nil
  }
}

extension Slice {
  /// Whether the slice has all elements along an axis of a tensor of these dimensions, in order.
  fileprivate func takesAll(of axis: Int, of shape: [Int]) -> Bool {
    counts[axis] == shape[axis] && (steps[axis] == 1 || shape[axis] == 1)
  }

  /// The one axis of which the slice takes a part, and which; `nil` when it takes parts of several, or not neighbours.
  fileprivate func range(of shape: [Int]) -> (axis: Int, indices: Range<Int>)? {
    let narrowed = shape.indices.filter { !takesAll(of: $0, of: shape) }
    guard narrowed.count == 1, steps[narrowed[0]] == 1 else { return nil }
    return (narrowed[0], starts[narrowed[0]]..<starts[narrowed[0]] + counts[narrowed[0]])
  }
}
