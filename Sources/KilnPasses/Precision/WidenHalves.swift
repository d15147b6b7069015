import KilnGraph

/// Makes tensors of 16-bit floating point ones of float32, in a network that computes with them.
///
/// Inputs and results keep their types: they are converted where the network begins and ends. Constants stay as narrow as the model stores
/// them. What lies between is at least as exact as the model asks for: what 16 bits would round or overflow, float32 holds, as in
/// ONNX Runtime on processors. A conversion to 16 bits and back is left out with the others.
///
/// A network that only moves such elements stays as it is.
package struct WidenHalves: Pass {
  package let name = "widen-halves"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    let nodes = graph.nodeIDs
    guard nodes.contains(where: { graph.computesWithHalves($0) }) else { return }
    let outputs = graph.outputs.map { graph.type(of: $0.value).scalar }
    try widenInputs(&graph)
    for id in nodes { try widen(id, &graph) }
    try narrowOutputs(to: outputs, &graph)
  }

  private func widenInputs(_ graph: inout Graph) throws(PassError) {
    let first = graph.nodeIDs.first
    for input in graph.inputs where graph.type(of: input).scalar.isHalf {
      let readers = graph.users(of: input)
      guard !readers.isEmpty || graph.isOutput(input) else { continue }
      let wide = try graph.add(
        Cast(to: .float32), name: "\(graph[input].name).wide", inputs: [input], before: first)
      for reader in readers where graph[reader].inputs.contains(input) {
        let inputs = graph[reader].inputs.map { $0 == input ? wide : $0 }
        graph.replace(reader, with: graph[reader].operation, inputs: inputs)
      }
    }
  }

  private func widen(_ id: NodeID, _ graph: inout Graph) throws(PassError) {
    let node = graph[id]
    var inputs = node.inputs
    for (index, input) in node.inputs.enumerated() {
      guard let input, let tensor = graph.constant(input), tensor.scalar.isHalf else { continue }
      inputs[index] = graph.addConstant(graph[input].name, tensor.widened)
    }
    var operation = node.operation
    if let cast = operation as? Cast, cast.scalar.isHalf { operation = Cast(to: .float32) }
    graph.replace(id, with: operation, inputs: inputs)
    do throws(OperatorError) {
      let types = try operation.outputTypes(for: inputs.map { $0.map { graph.type(of: $0) } })
      for (output, type) in zip(node.outputs, types) { graph.setType(of: output, to: type) }
    } catch {
      throw PassError(.defect, "\(operation.name) '\(node.name)': \(error)")
    }
  }

  private func narrowOutputs(to scalars: [ScalarType], _ graph: inout Graph) throws(PassError) {
    for (port, scalar) in zip(graph.outputs.indices, scalars) {
      let (name, value) = (graph.outputs[port].name, graph.outputs[port].value)
      guard graph.type(of: value).scalar != scalar else { continue }
      let narrow = try graph.add(Cast(to: scalar), name: "\(name).narrow", inputs: [value], before: nil)
      graph.setOutput(port, to: narrow)
    }
  }
}

extension ScalarType {
  /// Whether elements are floating-point numbers of 16 bits.
  fileprivate var isHalf: Bool { self == .float16 || self == .bfloat16 }
}

extension Graph {
  /// Whether a node does more with 16-bit floating point than to move it.
  fileprivate func computesWithHalves(_ id: NodeID) -> Bool {
    let node = self[id]
    guard (node.inputs.compactMap(\.self) + node.outputs).contains(where: { type(of: $0).scalar.isHalf }) else {
      return false
    }
    return !node.operation.onlyMoves
  }
}
