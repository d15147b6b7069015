import KilnGraph

/// What the integers of an input or output stand for: the real number `(q - zeroPoint) * scale`.
struct PortQuantization: Equatable {
  /// The step between neighbouring integers.
  let scale: Float
  /// The integer that stands for zero.
  let zeroPoint: Int

  /// What an input's integers stand for: all that reads it dequantises it, by the same numbers.
  ///
  /// `nil` where something reads the integers themselves, or where scales differ by channel.
  init?(ofInput value: ValueID, in graph: Graph) {
    guard !graph.isOutput(value) else { return nil }
    let readers = graph.users(of: value).map { graph[$0] }
    let all = readers.map { $0.operation is DequantizeLinear && $0.data == value ? Self(of: $0, in: graph) : nil }
    guard let first = all.first, let quantization = first, all.allSatisfy({ $0 == first }) else { return nil }
    self = quantization
  }

  /// What an output's integers stand for: it is quantised last; `nil` where it isn't, or where scales differ by channel.
  init?(ofOutput value: ValueID, in graph: Graph) {
    guard let producer = graph.producer(of: value).map({ graph[$0] }), producer.operation is QuantizeLinear,
      let quantization = Self(of: producer, in: graph)
    else { return nil }
    self = quantization
  }

  /// The constants of a node that quantises or dequantises; `nil` where they aren't one number each.
  private init?(of node: Node, in graph: Graph) {
    func operand(_ index: Int) -> ValueID? { index < node.inputs.count ? node.inputs[index] : nil }
    guard let scale = graph.constant(operand(1))?.floats(), scale.count == 1, scale[0].isFinite else { return nil }
    self.scale = scale[0]
    guard let value = operand(2) else {
      zeroPoint = 0
      return
    }
    guard let numbers = graph.constant(value)?.integers(), numbers.count == 1 else { return nil }
    zeroPoint = numbers[0]
  }
}
