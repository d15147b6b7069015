import KilnGraph

/// Puts quantisations where a plan has them, each with a switch, so that one program measures what each of them costs.
///
/// The network gets a further input, `switches`, of float32: 1 where a quantisation is on and 0 where it is off, first of the plan's tensors,
/// then of its layers. A tensor `x` becomes `x + s * (DequantizeLinear(QuantizeLinear(x)) - x)`, and a layer's result `y` becomes
/// `y + s * (y' - y)`, where `y'` is what the layer computes with weights of 8 bits and corrected biases.
///
/// What is computed is what integers compute, up to the rounding of sums.
package struct SwitchQuantization: Pass {
  package let name = "switch-quantization"
  private let plan: QuantizationPlan
  private let sites: QuantizationSites

  /// The name of the further input.
  package static let switches = "switches"

  /// Makes the pass.
  ///
  /// - Parameter sites: of the graph that it runs on, all of whose tensors the plan has.
  package init(_ plan: QuantizationPlan, _ sites: QuantizationSites) {
    self.plan = plan
    self.sites = sites
  }

  package func run(on graph: inout Graph) throws(PassError) {
    let nodes = graph.nodeIDs
    let count = sites.tensors.count + sites.layers.count
    let switches = graph.addInput(Self.switches, TensorType(.float32, [count]))
    func one(_ index: Int, _ graph: inout Graph) throws(PassError) -> ValueID {
      try graph.add(
        Slice(starts: [index], counts: [1]), name: "\(Self.switches).\(index)", inputs: [switches], before: nodes.first)
    }
    let positions = Dictionary(nodes.enumerated().map { ($1, $0) }) { first, _ in first }
    func successor(of id: NodeID?) -> NodeID? {
      let position = (id.flatMap { positions[$0] } ?? -1) + 1
      return position < nodes.count ? nodes[position] : nil
    }
    // Layers first, so that their quantised results are quantised in turn.
    var mixed: [ValueID: ValueID] = [:]
    for (index, layer) in sites.layers.enumerated() {
      let place = try one(sites.tensors.count + index, &graph)
      // After the layer, since what its operands become will stand before it.
      let successor = successor(of: layer.node)
      guard let other = try rounded(layer.node, before: successor, &graph) else { continue }
      let result = graph[layer.node].outputs[0]
      mixed[result] = try mix(result, other, by: place, before: successor, &graph)
    }
    for (index, tensor) in sites.tensors.enumerated() {
      let name = graph[tensor].name
      guard let quantization = plan.tensors[name] else { continue }
      let place = try one(index, &graph)
      let successor = successor(of: graph.producer(of: tensor))
      let source = mixed[tensor] ?? tensor
      let (numbers, real) = try graph.quantizeAndBack(source, quantization, named: name, before: successor)
      _ = try mix(source, real, except: graph.producer(of: numbers), by: place, before: successor, &graph)
    }
  }

  /// The layer with weights of 8 bits and corrected biases.
  private func rounded(
    _ id: NodeID, before successor: NodeID?, _ graph: inout Graph
  ) throws(PassError) -> ValueID? {
    let node = graph[id]
    guard let value = node.inputs[LinearOperand.weight],
      let weight = graph.constant(value)?.quantized(
        along: node.operation.outputChannelAxis, limitsPairs: plan.limitsPairs)
    else { return nil }
    var inputs = node.inputs
    if let correction = plan.corrections[node.name] {
      guard let corrected = graph.correctedInputs(of: id, by: correction) else { return nil }
      inputs = corrected
    }
    inputs[LinearOperand.weight] = graph.addConstant(
      "\(graph[value].name).rounded", Tensor(shape: weight.shape, floats: weight.floats()))
    return try graph.add(node.operation, name: "\(node.name).rounded", inputs: inputs, before: successor)
  }

  /// Makes everybody but `quantizer` who reads `value` read it or `other`, as a switch says.
  ///
  /// - Returns: what they read now.
  private func mix(
    _ value: ValueID, _ other: ValueID, except quantizer: NodeID? = nil, by place: ValueID, before successor: NodeID?,
    _ graph: inout Graph
  ) throws(PassError) -> ValueID {
    let name = graph[value].name
    let readers = graph.users(of: value).filter { $0 != quantizer }
    func binary(_ function: Binary.Function, _ suffix: String, _ inputs: [ValueID]) throws(PassError) -> ValueID {
      try graph.add(Binary(function), name: "\(name).\(suffix)", inputs: inputs, before: successor)
    }
    let difference = try binary(.subtract, "difference", [other, value])
    let part = try binary(.multiply, "part", [difference, place])
    let result = try binary(.add, "mixed", [value, part])
    graph.makeRead(result, insteadOf: value, readers)
    for (index, port) in graph.outputs.enumerated() where port.value == value { graph.setOutput(index, to: result) }
    return result
  }
}
