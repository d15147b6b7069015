import KilnGraph

/// Computes what lies between quantised tensors in integers.
///
/// - `QLinearConv`, and a convolution or fully connected layer between `DequantizeLinear` and `QuantizeLinear` with weights of 8 bits,
///   becomes a `RequantizedConvolution`; a ReLU or clip before the quantisation becomes its limits, a bias that isn't quantised the
///   nearest in steps of the sums.
/// - Where it is asked for, a convolution or fully connected layer after `DequantizeLinear` whose result stays real does so too, without
///   a limit.
/// - The sum of two dequantised tensors of one shape, quantised, becomes a `RequantizedSum`.
/// - Functions of one dequantised tensor, quantised, become a `ByteTable`.
///
/// Applies where scales and zero points are constants, tensors have 8 bits and one scale, weights one scale for each output channel at
/// most, and nobody else reads the real numbers. A convolution's result may be off by one from what float32 rounds.
///
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018, section 2.
package struct RecognizeQuantizedLayers: Pass {
  package let name = "recognize-quantized-layer"

  private let includesRealResults: Bool

  /// Makes the pass.
  ///
  /// - Parameter includesRealResults: whether layers are computed in integers whose results aren't quantised. An imported network says
  ///   that they are summed up in float32.
  package init(includesRealResults: Bool = false) {
    self.includesRealResults = includesRealResults
  }

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      switch graph[id].operation {
      case is QuantizeLinear: try recognize(before: id, &graph)
      case let operation as QuantizedConvolution: recognize(operation, id, &graph)
      default: continue
      }
    }
    if includesRealResults {
      for id in graph.nodeIDs where graph.contains(id) { try recognizeRealResult(of: id, &graph) }
    }
    graph.removeUnused()
  }

  /// A layer whose result is read as it is; not one whose channels are convolved each by itself, whose kernels store 8 bits.
  private func recognizeRealResult(of id: NodeID, _ graph: inout Graph) throws(PassError) {
    switch graph[id].operation {
    case let convolution as Convolution:
      guard convolution.layout == .channelsFirst, convolution.groups == 1, convolution.epilogue == Epilogue(),
        let layer = layer(of: convolution, id, scale: 1, result: nil, graph)
      else { return }
      let inputs = layer.layer.operands(layer.input, named: graph[id].name, in: &graph)
      graph.replace(id, with: layer.layer.operation, inputs: inputs)
    case let linear as Linear:
      guard linear.pixels == 1, linear.epilogue == Epilogue(),
        let layer = layer(of: linear, id, scale: 1, result: nil, graph)
      else { return }
      try replace(id, [], by: layer.layer, input: layer.input, &graph)
    default: return
    }
  }

  /// What is quantised by the node `id`.
  private func recognize(before id: NodeID, _ graph: inout Graph) throws(PassError) {
    guard let quantization = graph.tensorQuantization(by: id),
      var result = QuantizedResult(
        graph.type(of: graph[id].outputs[0]).scalar, zeroPoint: quantization.zeroPoint),
      var producer = graph.soleProducer(of: graph[id].data)
    else { return }
    if let table = try FunctionTable(endingAt: id, in: graph), let last = table.functions.last {
      let entries = graph.addConstant("\(graph[last].name).table", table.entries)
      return graph.merge(
        table.functions.dropFirst() + [id], into: table.functions[0], as: ByteTable(), inputs: [table.input, entries],
        pass: name)
    }
    var absorbed = [id]
    if let unary = graph[producer].operation as? Unary, let range = unary.function.limitedRange,
      let before = graph.soleProducer(of: graph[producer].data)
    {
      result = result.limited(to: range, quantization)
      absorbed.insert(producer, at: 0)
      producer = before
    }
    switch graph[producer].operation {
    case let convolution as Convolution where convolution.layout == .channelsFirst:
      guard let limits = convolution.epilogue.limitedRange,
        let layer = layer(
          of: convolution, producer, scale: quantization.scale, result: result.limited(to: limits, quantization), graph)
      else { return }
      let inputs = layer.layer.operands(layer.input, named: graph[producer].name, in: &graph)
      graph.merge(absorbed, into: producer, as: layer.layer.operation, inputs: inputs, pass: name)
    case let linear as Linear where linear.pixels == 1:
      guard let limits = linear.epilogue.limitedRange,
        let layer = layer(
          of: linear, producer, scale: quantization.scale, result: result.limited(to: limits, quantization), graph)
      else { return }
      try replace(producer, absorbed, by: layer.layer, input: layer.input, &graph)
    case let sum as Binary where sum.function == .add:
      guard let terms = graph.quantizedTerms(of: producer) else { return }
      let operation = RequantizedSum(
        terms.left, terms.right, scale: quantization.scale, result: result)
      graph.merge(absorbed, into: producer, as: operation, inputs: terms.inputs, pass: name)
    default: return
    }
  }

  /// The convolution `id`, and the quantised tensor that it reads.
  private func layer(
    of convolution: Convolution, _ id: NodeID, scale: Float, result: QuantizedResult?, _ graph: Graph
  ) -> (layer: QuantizedLayer, input: ValueID)? {
    layer(
      id, window: convolution.window, groups: convolution.groups, weight: { $0 }, scale: scale, result: result, graph)
  }

  /// The fully connected layer `id` as a convolution of images of one pixel, and the quantised tensor that it reads.
  private func layer(
    of linear: Linear, _ id: NodeID, scale: Float, result: QuantizedResult?, _ graph: Graph
  ) -> (layer: QuantizedLayer, input: ValueID)? {
    layer(
      id, window: Window(kernel: [1, 1]), groups: 1,
      weight: { linear.arrangement == .outputFirst ? $0 : $0.transposed([1, 0]) }, scale: scale, result: result, graph)
  }

  private func layer(
    _ id: NodeID, window: Window, groups: Int, weight: (Tensor) -> Tensor, scale: Float, result: QuantizedResult?,
    _ graph: Graph
  ) -> (layer: QuantizedLayer, input: ValueID)? {
    let node = graph[id]
    guard let input = graph.quantizedSource(of: node.inputs[LinearOperand.input]),
      let constant = graph.constant(node.inputs[LinearOperand.weight]), let weights = QuantizedWeights(weight(constant))
    else { return nil }
    var bias: [Float]?
    if node.inputs.count > LinearOperand.bias, let value = node.inputs[LinearOperand.bias] {
      guard let constant = graph.constant(value) else { return nil }
      bias = constant.floats()
    }
    guard let biases = weights.biases(bias, input: input.quantization) else { return nil }
    return QuantizedLayer(
      window: window, groups: groups, input: input.quantization, weights, biases: biases, scale: scale, result: result
    ).map { ($0, input.value) }
  }

  /// Puts a fully connected layer's integer form, a convolution of images of one pixel, in the place of the layer and of what is
  /// absorbed after it.
  private func replace(
    _ id: NodeID, _ absorbed: [NodeID], by layer: QuantizedLayer, input: ValueID, _ graph: inout Graph
  ) throws(PassError) {
    let node = graph[id]
    let last = absorbed.last ?? id
    let shape = graph.type(of: input).shape
    let pixels = shape.dropLast().reduce(1, *)
    let image = try graph.add(
      Reshape(to: [pixels, shape[shape.count - 1], 1, 1]), name: "\(node.name).image", inputs: [input], before: last)
    var inputs = layer.operands(image, named: node.name, in: &graph)
    let weight = layer.weights.codes
    inputs[LinearOperand.weight] = graph.addConstant(
      "\(node.name).kernels", weight.reshaped(to: weight.shape + [1, 1]))
    let folded = node.folded + graph.records(of: absorbed, pass: name)
    let result = try graph.add(
      layer.operation, name: node.name, inputs: inputs, outputName: "\(node.name).pixels", folded: folded, before: last)
    let output = graph[last].outputs[0]
    let flat = try graph.add(
      Reshape(to: graph.type(of: output).shape), name: "\(node.name).result", inputs: [result],
      outputName: graph[output].name, before: last)
    graph.replaceUses(of: output, with: flat)
    graph.remove(last)
  }

  /// `QLinearConv` with constants for all but its input.
  private func recognize(_ operation: QuantizedConvolution, _ id: NodeID, _ graph: inout Graph) {
    let node = graph[id]
    func numbers(_ operand: Int) -> Tensor? {
      node.inputs.indices.contains(operand) ? graph.constant(node.inputs[operand]) : nil
    }
    guard let input = node.data, graph.type(of: input).scalar.byteRange != nil,
      let scale = numbers(1)?.floats().first, let weight = numbers(3), let weightScales = numbers(4)?.floats(),
      let resultScale = numbers(6)?.floats().first, resultScale > 0, scale > 0,
      let zeroPoint = numbers(7)?.integers().first,
      let result = QuantizedResult(graph.type(of: node.outputs[0]).scalar, zeroPoint: zeroPoint)
    else { return }
    // Operands that are there must be constants.
    for operand in [2, 5, 8] where node.inputs.indices.contains(operand) && node.inputs[operand] != nil {
      if numbers(operand) == nil { return }
    }
    guard let weights = QuantizedWeights(weight, scales: weightScales, zeroPoints: numbers(5)?.integers() ?? []) else {
      return
    }
    let quantization = TensorQuantization(scale: scale, zeroPoint: numbers(2)?.integers().first ?? 0)
    let biases = numbers(8)?.integers() ?? [Int](repeating: 0, count: weights.scales.count)
    guard
      let layer = QuantizedLayer(
        window: operation.window, groups: operation.groups, input: quantization, weights, biases: biases,
        scale: resultScale, result: result)
    else { return }
    let inputs = layer.operands(input, named: node.name, in: &graph)
    graph.replace(id, with: layer.operation, inputs: inputs)
  }
}

extension Graph {
  /// The node that computes a value which only one node reads.
  fileprivate func soleProducer(of value: ValueID?) -> NodeID? {
    guard let value, soleUser(of: value) != nil else { return nil }
    return producer(of: value)
  }

  /// The tensor of 8 bits that a value is the real numbers of.
  fileprivate func quantizedSource(of value: ValueID?) -> (value: ValueID, quantization: TensorQuantization)? {
    guard let id = producer(of: value), self[id].operation is DequantizeLinear, let source = self[id].data,
      let quantization = tensorQuantization(by: id), constant(source) == nil
    else { return nil }
    return (source, quantization)
  }

  /// The terms of a sum of two dequantised tensors of one shape.
  fileprivate func quantizedTerms(
    of id: NodeID
  ) -> (left: TensorQuantization, right: TensorQuantization, inputs: [ValueID?])? {
    guard let left = quantizedSource(of: self[id].inputs[0]), let right = quantizedSource(of: self[id].inputs[1]),
      type(of: left.value).shape == type(of: right.value).shape
    else { return nil }
    return (left.quantization, right.quantization, [left.value, right.value])
  }
}

extension ScalarFunction {
  /// The range to which the function limits its argument, where that is all that it does.
  var limitedRange: ClosedRange<Double>? {
    switch self {
    case .relu: 0...Double.infinity
    case .clip(let lower, let upper) where lower <= upper: lower...upper
    default: nil
    }
  }
}

extension Epilogue {
  /// The range to which the activation limits sums, where it does nothing else and nothing is added.
  var limitedRange: ClosedRange<Double>? {
    guard addend == nil else { return nil }
    switch activation {
    case nil: return -Double.infinity...Double.infinity
    case .function(let function): return function.limitedRange
    case .parametricReLU: return nil
    }
  }
}

extension QuantizedResult {
  /// The result after numbers are limited to a range before they are quantised.
  fileprivate func limited(to range: ClosedRange<Double>, _ quantization: TensorQuantization) -> QuantizedResult {
    func number(_ limit: Double) -> Int {
      let step = (Float(limit) / quantization.scale).rounded(.toNearestOrEven)
      return Int(min(max(step, -0x1p20), 0x1p20)) + zeroPoint
    }
    return limited(to: number(range.lowerBound)...number(range.upperBound))
  }
}
