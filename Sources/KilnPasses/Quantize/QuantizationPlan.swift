import KilnGraph

/// Which tensors of a network become numbers of 8 bits, what those stand for, and what is done so that little is lost.
package struct QuantizationPlan: Hashable, Sendable {
  /// By the name of the value in the folded graph.
  package var tensors: [String: TensorQuantization]
  /// The layers that aren't computed in integers, by name, though they lie between tensors of 8 bits, or that are float16.
  package var layers: [String: LayerPrecision] = [:]
  /// What is added to the biases of a layer, by its name: one number for each output channel, in the layer's own units.
  package var corrections: [String: [Float]] = [:]
  /// For each output channel of a layer, by its name, the power of two that the channel is divided by; what reads it multiplies
  /// by that.
  package var exponents: [String: [Int]] = [:]
  /// Whether weights of two neighbouring input channels are small enough to be multiplied as `ByteProducts.narrowPairs`.
  package var limitsPairs = false
  /// Whether ranges come from made inputs, so that nothing is known of accuracy.
  package var isRandom = false

  /// Makes a plan.
  package init(tensors: [String: TensorQuantization] = [:]) {
    self.tensors = tensors
  }

  /// The layers that are computed with float16.
  package var halfLayers: Set<String> { Set(layers.filter { $0.value == .float16 }.keys) }
}

extension QuantizationPlan {
  /// The plan with what is concatenated standing for numbers as the result does, so that codes are copied as they are.
  func joined(in graph: Graph) -> QuantizationPlan {
    var plan = self
    for id in graph.nodeIDs.reversed() where graph[id].operation is Concat {
      guard let result = plan.tensors[graph[graph[id].outputs[0]].name] else { continue }
      for case let operand? in graph[id].inputs {
        let name = graph[graph.movedSource(of: operand)].name
        if plan.tensors[name] != nil { plan.tensors[name] = result }
      }
    }
    return plan
  }
}

extension Graph {
  /// The values that should have 8 bits so that as many layers as possible are computed in integers: what convolutions, fully connected
  /// layers and sums read and write, and what functions and concatenations make of it.
  ///
  /// Where elements are moved, or the largest taken, on their way to a layer, it is what is moved.
  ///
  /// The graph is folded but for residuals. A layer after which no other of them comes reads numbers of 8 bits and gives float32: scores
  /// and boxes lose most by rounding.
  ///
  /// Complexity: O(nodes).
  package var quantizableValues: [ValueID] {
    // From the back: whether a layer comes after a value.
    var precedesLayer: Set<ValueID> = []
    for id in nodeIDs.reversed() {
      let node = self[id]
      guard isQuantizableLayer(id) || node.outputs.contains(where: precedesLayer.contains) else { continue }
      precedesLayer.formUnion(node.inputs.compactMap(\.self))
    }
    var values: Set<ValueID> = []
    for id in nodeIDs {
      let node = self[id]
      if isQuantizableLayer(id), let input = node.inputs[LinearOperand.input].map(movedSource(of:)),
        let output = limitedResult(of: id)
      {
        values.insert(input)
        if precedesLayer.contains(output) { values.insert(output) }
      } else if node.operation is Unary, let input = node.data, values.contains(movedSource(of: input)),
        precedesLayer.contains(node.outputs[0])
      {
        values.insert(node.outputs[0])
      } else if isQuantizableSum(id) || node.operation is Concat,
        node.inputs.allSatisfy({ $0.map { values.contains(movedSource(of: $0)) } ?? false }),
        let output = limitedResult(of: id), precedesLayer.contains(output)
      {
        values.insert(output)
      }
    }
    return nodeIDs.flatMap { self[$0].outputs }.filter(values.contains) + inputs.filter(values.contains)
  }

  /// The value whose elements, or the largest of them, another is, by operators of one operand.
  func movedSource(of value: ValueID) -> ValueID {
    var source = value
    while let id = producer(of: source), self[id].operation.movesElements, self[id].inputs.count == 1,
      let data = self[id].data
    { source = data }
    return source
  }

  /// The value of a layer after the ReLU or clip that alone reads it, or the layer's own.
  func limitedResult(of id: NodeID) -> ValueID? {
    let output = self[id].outputs[0]
    guard let reader = soleUser(of: output), let unary = self[reader].operation as? Unary,
      unary.function.limitedRange != nil
    else { return output }
    return self[reader].outputs[0]
  }

  /// Whether a node is a convolution or a fully connected layer whose weights are constants of float32.
  package func isWeighted(_ id: NodeID) -> Bool {
    let node = self[id]
    guard node.operation is Convolution || node.operation is Linear, node.inputs.count > LinearOperand.weight else {
      return false
    }
    return constant(node.inputs[LinearOperand.weight])?.scalar == .float32
  }

  /// Whether a node is a convolution or a fully connected layer that integers compute, once its operands have 8 bits.
  func isQuantizableLayer(_ id: NodeID) -> Bool {
    let node = self[id]
    guard node.inputs.count > LinearOperand.weight, let input = node.inputs[LinearOperand.input],
      constant(input) == nil,
      constant(node.inputs[LinearOperand.weight])?.scalar == .float32,
      [LinearOperand.bias].allSatisfy({
        !node.inputs.indices.contains($0) || node.inputs[$0] == nil || constant(node.inputs[$0]) != nil
      })
    else { return false }
    switch node.operation {
    case let convolution as Convolution:
      return convolution.layout == .channelsFirst && convolution.window.rank <= 2
        && convolution.epilogue.limitedRange != nil
    case let linear as Linear: return linear.pixels == 1 && linear.epilogue.limitedRange != nil
    default: return false
    }
  }

  /// Whether a node adds two computed tensors of one shape.
  private func isQuantizableSum(_ id: NodeID) -> Bool {
    let node = self[id]
    guard let binary = node.operation as? Binary, binary.function == .add, node.inputs.count == 2,
      let left = node.inputs[0], let right = node.inputs[1]
    else { return false }
    return constant(left) == nil && constant(right) == nil && type(of: left) == type(of: right)
      && type(of: left).scalar == .float32
  }
}
