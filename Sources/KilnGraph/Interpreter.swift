/// Runs a network by the reference evaluation of its operators: slow, exact to one rounding an operator, and the oracle
/// that compiled programs are compared with.
package struct Interpreter: Sendable {
  /// The largest tensor that is computed, in elements: its Float64 form has 2 GiB.
  package static let maximumElementCount = 1 << 28

  private let graph: Graph
  private let order: [NodeID]
  /// For each node of `order`, the values that nobody reads after it.
  private let finished: [[ValueID]]

  /// Makes an interpreter of a network.
  ///
  /// Complexity: O(nodes).
  package init(_ graph: Graph) {
    self.graph = graph
    order = graph.nodeIDs
    var seen = Set(graph.outputs.map(\.value))
    var finished: [[ValueID]] = []
    for id in order.reversed() {
      let node = graph[id]
      finished.append((node.inputs.compactMap(\.self) + node.outputs).filter { seen.insert($0).inserted })
    }
    self.finished = finished.reversed()
  }

  /// Computes the network's results.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each of the network's inputs, in its order, of exactly its type.
  ///   - observe: is called with every value that a node computes, in order.
  /// - Returns: the results, in the network's order.
  /// - Throws: `OperatorError` that names the input or the node.
  package func run(
    _ inputs: [Tensor], observe: ((ValueID, Tensor) -> Void)? = nil
  ) throws(OperatorError) -> [Tensor] {
    var tensors = [Tensor?](repeating: nil, count: graph.valueCount)
    try walk(inputs, &tensors) { value, tensor in
      observe?(value, tensor)
      return tensor
    }
    var results: [Tensor] = []
    for output in graph.outputs {
      guard let result = graph.constant(output.value) ?? tensors[output.value.index] else {
        throw OperatorError("nothing computes '\(output.name)'")
      }
      results.append(result)
    }
    return results
  }

  /// Computes node by node, each from what `substitute` made of the results before it.
  ///
  /// - Parameters:
  ///   - inputs: as for `run(_:observe:)`.
  ///   - substitute: is called with every value that a node computes, in order; returns what the nodes after it read, of
  ///     the same type, or `nil` to stop.
  /// - Throws: `OperatorError` that names the input or the node.
  package func follow(
    _ inputs: [Tensor], substituting substitute: (ValueID, Tensor) -> Tensor?
  ) throws(OperatorError) {
    var tensors = [Tensor?](repeating: nil, count: graph.valueCount)
    try walk(inputs, &tensors, substitute)
  }

  private func walk(
    _ inputs: [Tensor], _ tensors: inout [Tensor?], _ substitute: (ValueID, Tensor) -> Tensor?
  ) throws(OperatorError) {
    guard inputs.count == graph.inputs.count else {
      throw OperatorError("the network has \(graph.inputs.count) inputs, \(inputs.count) are given")
    }
    for (id, tensor) in zip(graph.inputs, inputs) {
      guard tensor.type == graph.type(of: id) else {
        throw OperatorError("input '\(graph[id].name)' is \(tensor.type), the network takes \(graph.type(of: id))")
      }
      tensors[id.index] = tensor
    }
    for (id, finished) in zip(order, finished) {
      let node = graph[id]
      let operands = node.inputs.map { $0.flatMap { graph.constant($0) ?? tensors[$0.index] } }
      for (output, result) in zip(node.outputs, try evaluate(node, operands)) {
        guard let substitution = substitute(output, result) else { return }
        tensors[output.index] = substitution
      }
      for value in finished { tensors[value.index] = nil }
    }
  }

  private func evaluate(_ node: Node, _ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    do throws(OperatorError) {
      for type in try node.operation.outputTypes(for: inputs.types)
      where type.elementCount > Self.maximumElementCount {
        throw OperatorError("the result \(type) is too large to compute")
      }
      return try node.operation.evaluate(inputs)
    } catch {
      throw OperatorError("\(node.operation.name) '\(node.name)': \(error.description)")
    }
  }
}
