import KilnGraph

/// Recognises normalisation written as arithmetic, `(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon)`, as the
/// operator of its axes, with scales of 1 and biases of 0 into which a later pass folds what follows.
///
/// | axes | operator |
/// | --- | --- |
/// | the last one | layer normalisation |
/// | the channels of an image | the same with a transposition before and after, which the channels-last layout removes |
/// | all of an image but the batch | group normalisation with one group |
/// | all spatial ones of an image | group normalisation with a group for each channel |
///
/// A batch normalisation of one item by its own statistics, which is how exporters write an instance normalisation of a
/// batch, is a group normalisation with a group for each channel too.
///
/// Applies to float32, with a division or a product with the inverse, a square or a product, when nobody else reads what is between.
/// Does not apply to other axes, to variances with Bessel's correction, or without epsilon.
///
/// Source: Ba et al., "Layer Normalization", 2016; PyTorch's exports of LayerNorm before operator set 17, and of
/// ConvNeXt's LayerNorm2d.
package struct RecognizeNormalization: Pass {
  package let name = "recognize-normalization"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      switch graph[id].operation {
      case is Binary:
        guard let match = ArithmeticNormalization(id, graph) else { continue }
        try replace(id, by: match, &graph)
      case is BatchNormalization: replaceBatchNormalization(id, &graph)
      default: continue
      }
    }
  }

  private func replace(_ id: NodeID, by match: ArithmeticNormalization, _ graph: inout Graph) throws(PassError) {
    let type = graph.type(of: match.x)
    let rank = type.rank
    let history = graph.records(of: match.inner, pass: name)
    let name = graph[id].name
    func constants(_ extent: Int, _ graph: inout Graph) -> [ValueID] {
      [("scale", 1.0), ("bias", 0.0)].map { role, number in
        let tensor = Tensor(shape: [extent], doubles: Array(repeating: number, count: extent), as: type.scalar)
        return graph.addConstant("\(name).\(role)", tensor)
      }
    }
    let epsilon = match.epsilon
    switch match.axes {
    case [rank - 1]:
      let inputs = [match.x] + constants(type.shape[rank - 1], &graph)
      graph.replace(id, with: LayerNormalization(axis: rank - 1, epsilon: epsilon), inputs: inputs, folded: history)
    case [1]:
      let order = [Int].channelsLast(rank: rank)
      let moved = try graph.add(Transpose(order), name: "\(name).moved", inputs: [match.x], before: id)
      let normalized = try graph.add(
        LayerNormalization(axis: rank - 1, epsilon: epsilon), name: name,
        inputs: [moved] + constants(type.shape[1], &graph), outputName: "\(name).normalized", folded: history,
        before: id)
      graph.replace(id, with: Transpose(order.inversePermutation), inputs: [normalized], name: "\(name).back")
    case Array(1..<rank), Array(2..<rank):
      let groups = match.axes.first == 1 ? 1 : type.shape[1]
      let inputs = [match.x] + constants(type.shape[1], &graph)
      graph.replace(id, with: GroupNormalization(groups: groups, epsilon: epsilon), inputs: inputs, folded: history)
    default: return
    }
    for inner in match.inner.reversed() { graph.removeIfUnused(inner) }
  }

  /// A batch normalisation whose mean and variance are its operand's own.
  private func replaceBatchNormalization(_ id: NodeID, _ graph: inout Graph) {
    let node = graph[id]
    guard let batch = node.operation as? BatchNormalization, let x = node.data,
      let mean = node.inputs[BatchNormalizationOperand.mean],
      let variance = node.inputs[BatchNormalizationOperand.variance], graph.type(of: x).scalar == .float32,
      graph.type(of: x).rank >= 2,
      graph.type(of: x).shape[0] == 1
    else { return }
    let type = graph.type(of: x)
    let axes = [0] + Array(2..<type.rank)
    var inner: [NodeID] = []
    guard let own = graph.mean(mean, &inner), own.axes == axes, own.x == x,
      let spread = graph.variance(variance, &inner), spread.axes == axes, spread.x == x
    else { return }
    let operation = GroupNormalization(groups: type.shape[1], epsilon: batch.epsilon)
    let history = graph.records(of: inner, pass: name)
    graph.replace(
      id, with: operation,
      inputs: [x, node.inputs[BatchNormalizationOperand.scale], node.inputs[BatchNormalizationOperand.bias]],
      folded: history)
    for inner in inner { graph.removeIfUnused(inner) }
  }
}

/// A normalisation without scale and bias, as arithmetic.
private struct ArithmeticNormalization {
  /// What is normalised.
  let x: ValueID
  /// The axes that are, ascending.
  let axes: [Int]
  /// What is added to the variance.
  let epsilon: Double
  /// The nodes but the last, in topological order.
  let inner: [NodeID]

  /// The normalisation that ends in a node; `nil` when it isn't one.
  init?(_ id: NodeID, _ graph: Graph) {
    guard let binary = graph[id].operation as? Binary, let left = graph[id].data,
      let right = graph[id].inputs[BinaryOperand.right],
      graph.type(of: left).scalar == .float32
    else { return nil }
    let pairs: [(ValueID, ValueID)] =
      switch binary.function {
      case .divide: [(left, right)]
      case .multiply: [(left, right), (right, left)]
      default: []
      }
    for (centered, spread) in pairs {
      var nodes: [NodeID] = []
      guard let (variance, epsilon) = graph.deviation(spread, isInverse: binary.function == .multiply, &nodes),
        let (x, axes) = graph.variance(variance, &nodes), let own = graph.difference(centered, &nodes),
        own.x == x, own.axes == axes, !axes.isEmpty
      else { continue }
      // Who else reads a part of it needs it anyway.
      let inner = Set(nodes)
      guard
        nodes.allSatisfy({ node in
          let output = graph[node].outputs[0]
          return !graph.isOutput(output) && graph.users(of: output).allSatisfy { $0 == id || inner.contains($0) }
        })
      else { continue }
      self.x = x
      self.axes = axes
      self.epsilon = epsilon
      var seen: Set<NodeID> = []
      self.inner = nodes.reversed().filter { seen.insert($0).inserted }
      return
    }
    return nil
  }
}

extension Graph {
  /// The variance and the epsilon of `sqrt(variance + epsilon)`, or of 1 divided by that.
  ///
  /// - Parameter nodes: gets the nodes that compute it, readers first; so do the other functions here.
  fileprivate func deviation(
    _ value: ValueID, isInverse: Bool, _ nodes: inout [NodeID]
  ) -> (variance: ValueID, epsilon: Double)? {
    guard let id = producer(of: value) else { return nil }
    nodes.append(id)
    var radicand: ValueID?
    switch self[id].operation {
    case let unary as Unary where unary.function == .reciprocal && isInverse:
      return self[id].data.flatMap { deviation($0, isInverse: false, &nodes) }
    case let binary as Binary where binary.function == .divide && isInverse:
      guard let one = constant(self[id].data), one.elementCount == 1, one.doubles()[0] == 1 else { return nil }
      return self[id].inputs[BinaryOperand.right].flatMap { deviation($0, isInverse: false, &nodes) }
    case let unary as Unary where unary.function == .squareRoot && !isInverse: radicand = self[id].data
    case let binary as Binary where binary.function == .power:
      guard let exponent = constant(self[id].inputs[BinaryOperand.right]), exponent.elementCount == 1,
        exponent.doubles()[0] == (isInverse ? -0.5 : 0.5)
      else { return nil }
      radicand = self[id].data
    default: return nil
    }
    guard let radicand, let step = affineStep(producer(of: radicand)), step.affine.uniformScale == 1,
      let epsilon = step.affine.uniformShift, epsilon > 0
    else { return nil }
    nodes.append(step.node)
    return (step.input, epsilon)
  }

  /// What `mean((x - mean(x))^2)` is the variance of, and over which axes.
  fileprivate func variance(_ value: ValueID, _ nodes: inout [NodeID]) -> (x: ValueID, axes: [Int])? {
    guard let (square, axes) = mean(value, &nodes), let id = producer(of: square),
      let binary = self[id].operation as? Binary, let base = self[id].data
    else { return nil }
    nodes.append(id)
    switch binary.function {
    case .multiply where self[id].inputs[BinaryOperand.right] == base: break
    case .power:
      guard let exponent = constant(self[id].inputs[BinaryOperand.right]), exponent.elementCount == 1,
        exponent.doubles()[0] == 2
      else {
        return nil
      }
    default: return nil
    }
    guard let own = difference(base, &nodes), own.axes == axes else { return nil }
    return own
  }

  /// What `x - mean(x)` is the difference of, and over which axes the mean is taken.
  fileprivate func difference(_ value: ValueID, _ nodes: inout [NodeID]) -> (x: ValueID, axes: [Int])? {
    guard let id = producer(of: value), let binary = self[id].operation as? Binary, binary.function == .subtract,
      let x = self[id].data, let average = self[id].inputs[BinaryOperand.right]
    else { return nil }
    nodes.append(id)
    guard let own = mean(average, &nodes), own.x == x, constant(x) == nil, type(of: x) == type(of: value),
      type(of: average).rank == type(of: x).rank
    else { return nil }
    return own
  }

  /// What a mean is taken of, and over which axes, which may stay with extent 1 or not.
  fileprivate func mean(_ value: ValueID, _ nodes: inout [NodeID]) -> (x: ValueID, axes: [Int])? {
    guard let id = producer(of: value) else { return nil }
    nodes.append(id)
    if self[id].operation is Reshape, let input = self[id].data {
      guard let own = mean(input, &nodes),
        type(of: value).shape == type(of: own.x).shape.enumerated().map({ own.axes.contains($0) ? 1 : $1 })
      else { return nil }
      return own
    }
    guard let reduction = self[id].operation as? Reduction, reduction.kind == .mean, let x = self[id].data else {
      return nil
    }
    return (x, reduction.axes)
  }
}
