import KilnGraph

extension GroupNormalization: EpilogueOperator {
  var takesSlopes: Bool { false }
  func channelAxis(rank: Int) -> Int { layout.channelAxis(rank: rank) }
}

extension LayerNormalization: EpilogueOperator {
  var takesSlopes: Bool { false }
  func channelAxis(rank: Int) -> Int { rank - 1 }
}

/// A node that normalises by statistics of its input and then multiplies and adds constants.
struct NormalizationLayer {
  /// The node.
  let node: NodeID
  /// The node's name.
  let name: String
  /// The result.
  let output: ValueID
  /// What is multiplied.
  let scale: ValueID
  /// What is added; `nil` without.
  let bias: ValueID?
  /// The first axis along which the constants may differ; they do so along one when it is all.
  let axes: ClosedRange<Int>
}

extension Graph {
  /// The node as a normalisation; `nil` when it isn't one, its scale or bias is computed, or something is fused into it.
  func normalizationLayer(_ id: NodeID?) -> NormalizationLayer? {
    guard let id, epilogueOperator(id)?.epilogue.isEmpty == true else { return nil }
    let node = self[id]
    let rank = type(of: node.outputs[0]).rank
    let axes: ClosedRange<Int>
    switch node.operation {
    case let group as GroupNormalization where group.layout == .channelsFirst: axes = 1...1
    case let layer as LayerNormalization where layer.axis < rank: axes = layer.axis...rank - 1
    default: return nil
    }
    let bias = node.inputs.count > LinearOperand.bias ? node.inputs[LinearOperand.bias] : nil
    guard let scale = node.inputs[LinearOperand.weight], constant(scale) != nil, bias == nil || constant(bias) != nil
    else { return nil }
    return NormalizationLayer(
      node: id, name: node.name, output: node.outputs[0], scale: scale, bias: bias, axes: axes)
  }

  /// The operands of the normalisation with a multiply-add of its result folded in.
  ///
  /// The formula is `scale' = scale * s`, `bias' = bias * s + t`.
  ///
  /// Precondition: the axis of the multiply-add is one of the layer's.
  ///
  /// - Throws: `PassError` that names the layer when a number is not finite.
  mutating func operands(
    of layer: NormalizationLayer, followedBy affine: PerChannelAffine, axis: Int?
  ) throws(PassError) -> [ValueID?] {
    guard let scale = constant(layer.scale) else { return self[layer.node].inputs }
    let scalar = scale.scalar
    // A normalised image of several axes has terms for each of its elements, or broadcasts fewer.
    let own = axis.map { [affine.scale.count] + Array(repeating: 1, count: layer.axes.upperBound - $0) } ?? []
    let wide = [scale.shape, constant(layer.bias)?.shape ?? [], own].reduce([]) { (try? $0.broadcast(with: $1)) ?? $0 }
    func doubles(_ tensor: Tensor) -> [Double] { tensor.broadcast(to: wide).doubles() }
    let factors = doubles(Tensor(shape: own, doubles: affine.scale, as: .float64))
    let shifts = doubles(Tensor(shape: own, doubles: affine.shift, as: .float64))
    let scales = zip(doubles(scale), factors).map { $0 * $1 }
    let old = constant(layer.bias).map(doubles) ?? Array(repeating: 0, count: factors.count)
    let biases = zip(zip(old, factors), shifts).map { $0.0 * $0.1 + $1 }
    guard scales.isFinite(as: scalar), biases.isFinite(as: scalar) else { throw .notFinite(layer: layer.name) }
    return [
      self[layer.node].data,
      addConstant("\(layer.name).scale", Tensor(shape: wide, doubles: scales, as: scalar)),
      addConstant("\(layer.name).bias", Tensor(shape: wide, doubles: biases, as: scalar)),
    ]
  }
}
