import KilnGraph

/// Adds to the biases of layers what rounding their weights takes from their mean results.
///
/// `b'[m] = b[m] - sum over c, k of (w'[m, c, k] - w[m, c, k]) * mean(x[c])`, of which a plan has what is added. A padded border, which holds
/// zeros, counts as if it held the mean.
///
/// Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.2.
package struct CorrectBiases: Pass {
  package let name = "correct-biases"
  private let plan: QuantizationPlan

  /// Makes the pass.
  package init(_ plan: QuantizationPlan) {
    self.plan = plan
  }

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard let correction = plan.corrections[node.name], plan.layers[node.name] == nil, graph.isQuantizableLayer(id),
        correction.count == graph.outputChannels(of: id)
      else { continue }
      guard let inputs = graph.correctedInputs(of: id, by: correction) else { continue }
      graph.replace(id, with: node.operation, inputs: inputs)
    }
  }

  /// What rounding a layer's weights to 8 bits takes from its mean results.
  ///
  /// - Parameters:
  ///   - means: of each input channel.
  ///   - limitsPairs: as in the plan.
  /// - Returns: one number for each output channel; `nil` where the weights can't be rounded.
  package static func correction(
    of id: NodeID, in graph: Graph, means: [Double], limitsPairs: Bool
  ) -> [Float]? {
    let node = graph[id]
    let axis = node.operation.outputChannelAxis
    guard let weight = graph.constant(node.inputs[LinearOperand.weight]), weight.shape.count >= 2,
      let rounded = weight.quantized(along: axis, limitsPairs: limitsPairs)?.floats()
    else { return nil }
    let (exact, shape) = (weight.floats(), weight.shape)
    let groups = (node.operation as? Convolution)?.groups ?? 1
    let channels = shape[axis]
    let inner = shape[2...].reduce(1, *)
    guard means.count == shape[1 - axis] * groups, channels % groups == 0 else { return nil }
    var result = [Double](repeating: 0, count: channels)
    for position in exact.indices {
      let row = position / inner
      let (first, second) = (row / shape[1], row % shape[1])
      let (output, input) = axis == 0 ? (first, second) : (second, first)
      let channel = input + output / (channels / groups) * shape[1 - axis] * (groups > 1 ? 1 : 0)
      result[output] -= Double(rounded[position] - exact[position]) * means[channel]
    }
    return result.map { Float($0) }
  }
}

extension Graph {
  /// The operands of a layer with numbers added to its biases; `nil` where one isn't finite then.
  mutating func correctedInputs(of id: NodeID, by correction: [Float]) -> [ValueID?]? {
    var inputs = self[id].inputs
    while inputs.count <= LinearOperand.bias { inputs.append(nil) }
    let biases = constant(inputs[LinearOperand.bias])?.floats() ?? [Float](repeating: 0, count: correction.count)
    let corrected = zip(biases, correction).map { $0 + $1 }
    guard corrected.count == correction.count, corrected.allSatisfy(\.isFinite) else { return nil }
    inputs[LinearOperand.bias] = addConstant(
      "\(self[id].name).correctedBias", Tensor(shape: [corrected.count], floats: corrected))
    return inputs
  }
}
