import KilnGraph

/// An operator that can add a residual and apply an activation to what it stores.
protocol EpilogueOperator: Operator {
  /// What happens to each result before it is stored.
  var epilogue: Epilogue { get set }
  /// Whether the activation may have a slope for each channel.
  var takesSlopes: Bool { get }

  /// The axis of the output channels, counted from the front, in an output of rank `rank`.
  func channelAxis(rank: Int) -> Int
}

extension EpilogueOperator {
  var takesSlopes: Bool { true }
}

extension Epilogue {
  /// Whether an activation can come last.
  var takesActivation: Bool { activation == nil && addend != .afterActivation }
}

/// An operator that is a linear function of its input, up to its epilogue.
protocol LinearOperator: EpilogueOperator {
  /// Input and output channels are divided into this many independent groups.
  var groups: Int { get }
  /// Which channels the weight's first axis counts.
  var arrangement: WeightArrangement { get }
  /// How the kernel moves; a window of rank 0 for a fully connected layer.
  var window: Window { get }
  /// The same operator for other weights, as `LinearWeights` has them, with another window and grouping.
  func with(window: Window, groups: Int) -> Self
}

extension Convolution: LinearOperator {
  var arrangement: WeightArrangement { .outputFirst }
  func channelAxis(rank: Int) -> Int { layout.channelAxis(rank: rank) }
  func with(window: Window, groups: Int) -> Convolution {
    Convolution(window: window, groups: groups, layout: layout, epilogue: epilogue)
  }
}

extension TransposedConvolution: LinearOperator {
  var arrangement: WeightArrangement { .inputFirst }
  func channelAxis(rank: Int) -> Int { layout.channelAxis(rank: rank) }
  func with(window: Window, groups: Int) -> TransposedConvolution {
    TransposedConvolution(
      window: window, outputPadding: outputPadding, groups: groups, layout: layout, epilogue: epilogue)
  }
}

extension Linear: LinearOperator {
  var groups: Int { 1 }
  var window: Window { Window(kernel: []) }
  func channelAxis(rank: Int) -> Int { rank - 1 }
  func with(window: Window, groups: Int) -> Linear { Linear(epilogue: epilogue) }
}

extension ChannelAffine: EpilogueOperator {
  func channelAxis(rank: Int) -> Int { axis }
}

/// A node that is a linear function of its input, with constant weights and nothing fused into it yet.
struct LinearLayer {
  /// The node.
  let node: NodeID
  /// The node's name.
  let name: String
  /// The operator; its epilogue is empty.
  let operation: any LinearOperator
  /// The data.
  let input: ValueID
  /// The result.
  let output: ValueID
  /// The weight's value.
  let weight: ValueID
  /// The bias's value; `nil` without a bias.
  let bias: ValueID?
  /// The axis of the output's channels.
  ///
  /// The input's is the same.
  let channelAxis: Int
  /// The dimensions of the weight as `LinearWeights` has it.
  let shape: [Int]

  /// The operator for the weights that folding gives it.
  var reweighted: any LinearOperator { operation.with(window: operation.window, groups: operation.groups) }

  /// Whether each of its outputs sees every tap: there is no padding, and it isn't transposed.
  var seesEveryTap: Bool { reweighted.arrangement == .outputFirst && !operation.window.hasPadding }

  /// Whether it is fully connected by a matrix `[C, M]`, which folding makes `[M, C]`.
  fileprivate static func isTransposed(_ operation: any LinearOperator) -> Bool {
    operation is Linear && operation.arrangement == .inputFirst
  }
}

extension Graph {
  /// The node's operator, when it has one result and an epilogue.
  func epilogueOperator(_ id: NodeID?) -> (any EpilogueOperator)? {
    guard let id, self[id].outputs.count == 1 else { return nil }
    return self[id].operation as? any EpilogueOperator
  }

  /// The node as a linear layer; `nil` when it isn't one, its weights are computed, or something is fused into it.
  func linearLayer(_ id: NodeID?) -> LinearLayer? {
    guard let id, let operation = self[id].operation as? any LinearOperator, operation.epilogue.isEmpty else {
      return nil
    }
    let node = self[id]
    let bias = node.inputs.count > LinearOperand.bias ? node.inputs[LinearOperand.bias] : nil
    guard let input = node.inputs[LinearOperand.input], let weight = node.inputs[LinearOperand.weight],
      let tensor = constant(weight), bias == nil || constant(bias) != nil, constant(input) == nil
    else { return nil }
    let output = node.outputs[0]
    return LinearLayer(
      node: id, name: node.name, operation: operation, input: input, output: output, weight: weight, bias: bias,
      channelAxis: operation.channelAxis(rank: type(of: output).rank),
      shape: LinearLayer.isTransposed(operation) ? tensor.shape.reversed() : tensor.shape)
  }

  /// The layer's weights in Float64.
  ///
  /// Complexity: O(weights).
  func weights(of layer: LinearLayer) -> LinearWeights {
    guard var weight = constant(layer.weight) else { preconditionFailure("\(layer.name) has no constant weight") }
    if LinearLayer.isTransposed(layer.operation) { weight = weight.matrixTransposed() }
    return LinearWeights(
      shape: weight.shape, groups: layer.operation.groups, arrangement: layer.reweighted.arrangement,
      weight: weight.doubles(), bias: constant(layer.bias)?.doubles())
  }

  /// The operands of the layer with other weights, as new constants rounded to the layer's element type.
  ///
  /// - Parameters:
  ///   - keepsWeight: whether only the bias has changed.
  ///   - outputScale: the factor of each output channel, or one for all, where that is all that has changed the weight: one
  ///     that the model stores in fewer bytes stays so.
  /// - Throws: `PassError` that names the layer when a number is not finite.
  mutating func operands(
    of layer: LinearLayer, with weights: LinearWeights, keepsWeight: Bool = false, outputScale: [Double]? = nil
  ) throws(PassError) -> [ValueID?] {
    let scalar = type(of: layer.weight).scalar
    guard weights.bias.isFinite(as: scalar), keepsWeight || weights.weight.isFinite(as: scalar) else {
      throw .notFinite(layer: layer.name)
    }
    var weight = layer.weight
    if !keepsWeight {
      let tensor =
        outputScale.flatMap { narrowWeight(of: layer, scaledBy: $0) }
        ?? Tensor(shape: weights.shape, doubles: weights.weight, as: scalar)
      weight = addConstant(self[layer.weight].name.folded, tensor)
      constant(layer.weight)?.storage.relinquish()
    }
    let biasName = layer.bias.map { self[$0].name.folded } ?? "\(layer.name).bias"
    let bias = addConstant(biasName, Tensor(shape: [weights.bias.count], doubles: weights.bias, as: scalar))
    return [layer.input, weight, bias]
  }

  /// The operator and the operands of the layer with a multiply-add of its result folded in.
  ///
  /// - Throws: `PassError` that names the layer when a number is not finite.
  mutating func layer(
    _ layer: LinearLayer, followedBy affine: PerChannelAffine
  ) throws(PassError) -> (operation: any LinearOperator, operands: [ValueID?]) {
    guard affine.isTranslation else {
      let weights = Folding.affine(affine, after: weights(of: layer))
      return (layer.reweighted, try operands(of: layer, with: weights, outputScale: affine.scale))
    }
    // Only the bias changes: a layer without weights stands in for one that may have millions.
    let channels = type(of: layer.output).shape[layer.channelAxis]
    let bias = LinearWeights(shape: [channels, 0], weight: [], bias: constant(layer.bias)?.doubles())
    return (layer.operation, try operands(of: layer, with: Folding.affine(affine, after: bias), keepsWeight: true))
  }

  /// The scales and shifts of a multiply-add, one of each for every channel, as constants of an element type.
  ///
  /// - Throws: `PassError` with the name when a number is not finite.
  mutating func operands(
    of affine: PerChannelAffine, channels: Int, name: String, _ scalar: ScalarType
  ) throws(PassError) -> [ValueID] {
    let affine = affine.expanded(to: channels)
    guard affine.scale.isFinite(as: scalar), affine.shift.isFinite(as: scalar) else { throw .notFinite(layer: name) }
    return [
      addConstant("\(name).weight", Tensor(shape: [channels], doubles: affine.scale, as: scalar)),
      addConstant("\(name).bias", Tensor(shape: [channels], doubles: affine.shift, as: scalar)),
    ]
  }
}

extension Graph {
  /// The layer's weight with its output channels multiplied, as narrow as the model stores it; `nil` where it doesn't store
  /// it in fewer bytes, or what it stores has no scale for each output channel.
  private func narrowWeight(of layer: LinearLayer, scaledBy factors: [Double]) -> Tensor? {
    guard var weight = constant(layer.weight), weight.narrow != nil else { return nil }
    if LinearLayer.isTransposed(layer.operation) { weight = weight.transposed([1, 0]) }
    let axis = layer.reweighted.arrangement == .outputFirst ? 0 : 1
    // The groups of a transposed convolution have one scale for a channel of each.
    guard axis == 0 || layer.operation.groups == 1 else { return nil }
    let each = factors.count == 1 ? Array(repeating: factors[0], count: weight.shape[axis]) : factors
    return weight.narrow?.scaled(by: each, along: axis)?.tensor(shape: weight.shape)
  }
}

extension PassError {
  /// The numbers that a fold gives a layer can't be represented.
  static func notFinite(layer: String) -> PassError {
    PassError(
      .malformed,
      "layer '\(layer)': folding gives weights that are not finite; check the variance and scale of the normalisation "
        + "around it, or compile with --no-fold")
  }
}

extension String {
  /// The name of a constant after a fold has changed it.
  fileprivate var folded: String { hasSuffix(".folded") ? self : self + ".folded" }
}
