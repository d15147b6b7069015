import KilnGraph

/// Divides output channels of layers by powers of two, and multiplies the weights of the layer that reads them by the same.
///
/// `y[c] = f(x)[c]` becomes `2^-e[c] * f(x)[c]`, and the next layer's `w[m, c]` becomes `2^e[c] * w[m, c]`: powers of two are exact, so that
/// no bit of the network's results changes, unless a number overflows or becomes subnormal.
///
/// Applies between two convolutions, or fully connected layers, where the second alone reads what the first gives, with nothing or a ReLU
/// between: what limits from above doesn't commute with a factor.
///
/// Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.1.
package struct EqualizeChannels: Pass {
  package let name = "equalize-channels"
  private let exponents: [String: [Int]]

  /// Makes the pass.
  ///
  /// - Parameter exponents: by the name of the first layer, one for each output channel.
  package init(_ exponents: [String: [Int]]) {
    self.exponents = exponents
  }

  package func run(on graph: inout Graph) throws(PassError) {
    guard !exponents.isEmpty else { return }
    for id in graph.nodeIDs {
      guard let exponents = exponents[graph[id].name], let pair = graph.equalizablePair(from: id),
        exponents.count == graph.outputChannels(of: id)
      else { continue }
      scale(id, by: exponents.map { -$0 }, &graph)
      scaleInputs(of: pair.reader, by: exponents, &graph)
    }
  }

  private func scale(_ id: NodeID, by exponents: [Int], _ graph: inout Graph) {
    let node = graph[id]
    var inputs = node.inputs
    for operand in [LinearOperand.weight, LinearOperand.bias] where inputs.indices.contains(operand) {
      guard let value = inputs[operand], let tensor = graph.constant(value) else { continue }
      let axis = operand == LinearOperand.weight ? node.operation.outputChannelAxis : 0
      let scaled = tensor.scaled(along: axis) { exponents[$0] }
      inputs[operand] = graph.addConstant("\(graph[value].name).equalized", scaled)
    }
    graph.replace(id, with: node.operation, inputs: inputs)
  }

  private func scaleInputs(of id: NodeID, by exponents: [Int], _ graph: inout Graph) {
    let node = graph[id]
    guard let value = node.inputs[LinearOperand.weight], let tensor = graph.constant(value) else { return }
    var inputs = node.inputs
    let groups = (node.operation as? Convolution)?.groups ?? 1
    let axis = 1 - node.operation.outputChannelAxis
    let scaled: Tensor
    if groups == 1 {
      scaled = tensor.scaled(along: axis) { exponents[$0] }
    } else {
      // An output channel reads the input channels of its group.
      let (outputs, depth) = (tensor.shape[0] / groups, tensor.shape[1])
      scaled = tensor.scaled { index in
        exponents[index.0 / outputs * depth + index.1]
      }
    }
    inputs[LinearOperand.weight] = graph.addConstant("\(graph[value].name).equalized", scaled)
    graph.replace(id, with: node.operation, inputs: inputs)
  }
}

extension Graph {
  /// The layer that alone reads what a layer gives, with nothing or a ReLU between, and the value that it reads; `nil` where channels can't
  /// be scaled.
  package func equalizablePair(from id: NodeID) -> (reader: NodeID, value: ValueID)? {
    guard isQuantizableLayer(id), scalesChannels(id) else { return nil }
    var value = self[id].outputs[0]
    guard var reader = soleUser(of: value) else { return nil }
    if let unary = self[reader].operation as? Unary {
      guard unary.function == .relu, let next = soleUser(of: self[reader].outputs[0]) else { return nil }
      value = self[reader].outputs[0]
      reader = next
    }
    guard isQuantizableLayer(reader), self[reader].inputs[LinearOperand.input] == value,
      self[id].operation is Convolution == self[reader].operation is Convolution
    else { return nil }
    return (reader, value)
  }

  /// Output channels of a convolution or a fully connected layer with constant weights.
  package func outputChannels(of id: NodeID) -> Int {
    let weight = self[id].inputs[LinearOperand.weight].map { type(of: $0).shape } ?? []
    let axis = self[id].operation.outputChannelAxis
    return weight.indices.contains(axis) ? weight[axis] : 0
  }

  /// Whether a layer's activation commutes with positive factors.
  private func scalesChannels(_ id: NodeID) -> Bool {
    let range =
      switch self[id].operation {
      case let convolution as Convolution: convolution.epilogue.limitedRange
      case let linear as Linear: linear.epilogue.limitedRange
      default: nil as ClosedRange<Double>?
      }
    return range == 0...Double.infinity || range == -Double.infinity...Double.infinity
  }
}

extension Tensor {
  /// The elements times powers of two, of which each index along an axis has its own.
  fileprivate func scaled(along axis: Int, by exponent: (Int) -> Int) -> Tensor {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let elements = floats().enumerated().map { position, element in
      Float(sign: .plus, exponent: exponent(position / inner % shape[axis]), significand: element)
    }
    return Tensor(shape: shape, floats: elements)
  }

  /// The elements times powers of two, of which each pair of indices along the first two axes has its own.
  fileprivate func scaled(by exponent: (_ index: (Int, Int)) -> Int) -> Tensor {
    let inner = shape[2...].reduce(1, *)
    let elements = floats().enumerated().map { position, element in
      let row = position / inner
      return Float(sign: .plus, exponent: exponent((row / shape[1], row % shape[1])), significand: element)
    }
    return Tensor(shape: shape, floats: elements)
  }
}
