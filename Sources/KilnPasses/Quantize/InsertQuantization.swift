import KilnGraph

/// Puts quantisations where a plan has them: `DequantizeLinear(QuantizeLinear(x))` in place of `x`, and weights of 8 bits with a scale for
/// each output channel.
///
/// A layer whose input isn't quantised sums up in float32 and only stores its weights so; one whose result isn't, as a classifier's,
/// sums up in integers.
///
/// What the network gives itself stays as it is, and so do the weights of layers that the plan wants otherwise. What is concatenated
/// gets the result's scale. The layers are then recognised as an imported network's are.
///
/// Weights are symmetric, in -127 ... 127, as `Tensor.quantized` has them.
///
/// Source: Jacob et al., 2018, section 3; Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference", 2018, section 3.
package struct InsertQuantization: Pass {
  package let name = "insert-quantization"
  private let plan: QuantizationPlan

  /// Makes the pass.
  package init(_ plan: QuantizationPlan) {
    self.plan = plan
  }

  package func run(on graph: inout Graph) throws(PassError) {
    let nodes = graph.nodeIDs
    let plan = plan.joined(in: graph)
    for input in graph.inputs { try quantize(input, plan, before: nodes.first, &graph) }
    for (id, next) in zip(nodes, nodes.dropFirst()) {
      for output in graph[id].outputs { try quantize(output, plan, before: next, &graph) }
    }
    for id in graph.nodeIDs { quantizeWeights(of: id, plan, &graph) }
  }

  /// Makes everybody who reads a value read what is left of it after quantisation.
  private func quantize(
    _ value: ValueID, _ plan: QuantizationPlan, before successor: NodeID?, _ graph: inout Graph
  ) throws(PassError) {
    let name = graph[value].name
    guard let quantization = plan.tensors[name], graph.type(of: value).scalar == .float32,
      !graph.users(of: value).isEmpty
    else { return }
    let readers = graph.users(of: value)
    let result = try graph.quantizeAndBack(value, quantization, named: name, before: successor).real
    graph.makeRead(result, insteadOf: value, readers)
  }

  private func quantizeWeights(of id: NodeID, _ plan: QuantizationPlan, _ graph: inout Graph) {
    let node = graph[id]
    guard plan.layers[node.name] == nil, graph.isQuantizableLayer(id),
      let value = node.inputs[LinearOperand.weight], let weight = graph.constant(value)
    else { return }
    guard weight.narrow?.scalar.byteRange == nil,
      let quantized = weight.quantized(along: node.operation.outputChannelAxis, limitsPairs: plan.limitsPairs)
    else { return }
    var inputs = node.inputs
    inputs[LinearOperand.weight] = graph.addConstant("\(graph[value].name).quantized", quantized)
    graph.replace(id, with: node.operation, inputs: inputs)
  }
}

extension Graph {
  /// Adds what is left of a value after it is quantised to int8.
  mutating func quantizeAndBack(
    _ value: ValueID, _ quantization: TensorQuantization, named name: String, before successor: NodeID?
  ) throws(PassError) -> (numbers: ValueID, real: ValueID) {
    let parameters = [
      addConstant("\(name).scale", Tensor(shape: [], floats: [quantization.scale])),
      addConstant("\(name).zeroPoint", Tensor(shape: [], integers: [quantization.zeroPoint], as: .int8)),
    ]
    let numbers = try add(
      QuantizeLinear(to: .int8, axis: 0), name: "\(name).quantized", inputs: [value] + parameters, before: successor)
    let real = try add(
      DequantizeLinear(axis: 0), name: "\(name).real", inputs: [numbers] + parameters, before: successor)
    return (numbers, real)
  }

  /// Makes some of a value's readers read another.
  mutating func makeRead(_ new: ValueID, insteadOf old: ValueID, _ readers: [NodeID]) {
    for reader in readers where self[reader].inputs.contains(old) {
      replace(reader, with: self[reader].operation, inputs: self[reader].inputs.map { $0 == old ? new : $0 })
    }
  }
}

extension Operator {
  /// The axis of a convolution's or a fully connected layer's weight that counts output channels.
  var outputChannelAxis: Int { (self as? Linear)?.arrangement == .inputFirst ? 1 : 0 }
}
