import KilnGraph

/// A node that is a per-channel multiply-add with constant terms: a batch normalisation, a `ChannelAffine` into which
/// nothing is fused, a negation, or an addition, subtraction, multiplication or division by a constant.
struct AffineStep {
  /// The node.
  let node: NodeID
  /// The data.
  let input: ValueID
  /// The result, of the input's type.
  let output: ValueID
  /// The axis of the channels; `nil` when all channels are treated alike.
  let axis: Int?
  /// What the node computes: one entry a channel, or one.
  let affine: PerChannelAffine
}

extension Graph {
  /// The node as a per-channel multiply-add; `nil` when it isn't one.
  func affineStep(_ id: NodeID?) -> AffineStep? {
    guard let id else { return nil }
    let node = self[id]
    guard let output = node.outputs.first, type(of: output).scalar.isFloatingPoint else { return nil }
    let match: (input: ValueID, axis: Int?, affine: PerChannelAffine)? =
      switch node.operation {
      case let operation as BatchNormalization: batchNormalization(operation, node)
      case let operation as ChannelAffine: channelAffine(operation, node)
      case let operation as Binary: binary(operation, node)
      case let operation as Unary where operation.function == .negate:
        node.data.map { ($0, nil, PerChannelAffine(scale: [-1], shift: [0])) }
      default: nil
      }
    guard let match, constant(match.input) == nil, type(of: match.input) == type(of: output) else { return nil }
    return AffineStep(node: id, input: match.input, output: output, axis: match.axis, affine: match.affine)
  }

  private func batchNormalization(
    _ operation: BatchNormalization, _ node: Node
  ) -> (input: ValueID, axis: Int?, affine: PerChannelAffine)? {
    let terms = node.inputs.dropFirst().compactMap { constant($0)?.doubles() }
    guard let input = node.data, terms.count == 4 else { return nil }
    let affine = Folding.batchNormalization(
      gamma: terms[0], beta: terms[1], mean: terms[2], variance: terms[3], epsilon: operation.epsilon)
    return (input, 1, affine)
  }

  private func channelAffine(
    _ operation: ChannelAffine, _ node: Node
  ) -> (input: ValueID, axis: Int?, affine: PerChannelAffine)? {
    guard operation.epilogue.isEmpty, let input = node.inputs[LinearOperand.input],
      let scale = constant(node.inputs[LinearOperand.weight])?.doubles()
    else { return nil }
    let bias = node.inputs.count > LinearOperand.bias ? node.inputs[LinearOperand.bias] : nil
    guard bias == nil || constant(bias) != nil else { return nil }
    let shift = constant(bias)?.doubles() ?? Array(repeating: 0, count: scale.count)
    return (input, operation.axis, PerChannelAffine(scale: scale, shift: shift))
  }

  private func binary(
    _ operation: Binary, _ node: Node
  ) -> (input: ValueID, axis: Int?, affine: PerChannelAffine)? {
    guard let left = node.data, let right = node.inputs[BinaryOperand.right] else { return nil }
    let constantIsLeft = constant(left) != nil
    let input = constantIsLeft ? right : left
    guard let term = constant(constantIsLeft ? left : right),
      let axis = term.shape.channelAxis(in: type(of: input).shape)
    else { return nil }
    let terms = term.doubles()
    let zeros = Array(repeating: 0.0, count: terms.count)
    let ones = Array(repeating: 1.0, count: terms.count)
    let affine: PerChannelAffine? =
      switch (operation.function, constantIsLeft) {
      case (.add, _): PerChannelAffine(scale: ones, shift: terms)
      case (.multiply, _): PerChannelAffine(scale: terms, shift: zeros)
      case (.subtract, false): PerChannelAffine(scale: ones, shift: terms.map { -$0 })
      case (.subtract, true): PerChannelAffine(scale: ones.map { -$0 }, shift: terms)
      case (.divide, false): PerChannelAffine(scale: terms.map { 1 / $0 }, shift: zeros)
      default: nil
      }
    // The original is well-defined with infinite terms, a folded weight is not.
    guard let affine, (affine.scale + affine.shift).allSatisfy(\.isFinite) else { return nil }
    return (input, terms.count == 1 ? nil : axis, affine)
  }

  /// The multiply-adds that nobody but the next one reads, from the reader of `value` on.
  ///
  /// - Parameter axis: the axis of the channels of `value`.
  func affineChain(after value: ValueID, axis: Int) -> [AffineStep] {
    var chain: [AffineStep] = []
    var current = value
    while let step = affineStep(soleUser(of: current)), step.input == current, step.axis ?? axis == axis {
      chain.append(step)
      current = step.output
    }
    return chain
  }

  /// A multiply-add and those that nobody but the next one reads, as long as their terms differ along one axis at most.
  func affineChain(from first: AffineStep) -> [AffineStep] {
    var (chain, axis) = ([first], first.axis)
    while let last = chain.last, let next = affineStep(soleUser(of: last.output)), next.input == last.output,
      next.axis == nil || axis == nil || next.axis == axis
    {
      chain.append(next)
      axis = axis ?? next.axis
    }
    return chain
  }

  /// The multiply-adds that lead to `value`, first to last, each of them read by nobody but the next one.
  ///
  /// Who reads `value` itself does not matter.
  ///
  /// - Parameter axis: the axis of the channels of `value`.
  func affineChain(before value: ValueID, axis: Int) -> [AffineStep] {
    var chain: [AffineStep] = []
    var current = value
    while let step = affineStep(producer(of: current)), step.axis ?? axis == axis,
      chain.isEmpty || soleUser(of: current) != nil
    {
      chain.append(step)
      current = step.input
    }
    return chain.reversed()
  }
}

extension [AffineStep] {
  /// The axis of the channels; `nil` when all channels are treated alike.
  var axis: Int? { lazy.compactMap(\.axis).first }

  /// What the steps compute together, the first one first.
  var composed: PerChannelAffine {
    reduce(PerChannelAffine(scale: [1], shift: [0])) { $0.followed(by: $1.affine) }
  }
}

extension [Int] {
  /// The one axis along which a constant of these dimensions varies when it is broadcast to a tensor of the dimensions
  /// `shape`; 0 when it is the same everywhere, and `nil` when it varies along several or does not broadcast.
  fileprivate func channelAxis(in shape: [Int]) -> Int? {
    let offset = shape.count - count
    let varying = indices.filter { self[$0] != 1 }
    guard varying.count <= 1 else { return nil }
    guard let axis = varying.first else { return offset >= 0 ? 0 : nil }
    return offset + axis >= 0 && shape[offset + axis] == self[axis] ? offset + axis : nil
  }
}
