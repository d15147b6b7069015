import KilnGraph

/// Computes the mean and the inverse deviation that somebody asks a layer normalisation for beside it, as reductions:
/// `mean = ReduceMean(x)`, `1 / sqrt(ReduceMean((x - mean)^2) + epsilon)`.
///
/// Source: ONNX LayerNormalization 17.
package struct ComputeStatistics: Pass {
  package let name = "compute-statistics"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard var operation = node.operation as? LayerNormalization, operation.givesStatistics,
        let input = node.data, graph.type(of: input).scalar == .float32
      else { continue }
      operation.givesStatistics = false
      let names = node.outputs.map { graph[$0].name }
      let result = try graph.add(
        operation, name: node.name, inputs: node.inputs, outputName: names[0], folded: node.folded, before: id)
      graph.replaceUses(of: node.outputs[0], with: result)
      let axes = Array(operation.axis..<graph.type(of: input).rank)
      let average = Reduction(.mean, axes: axes, keepsAxes: true)
      let mean = try graph.add(average, name: names[1], inputs: [input], before: id)
      graph.replaceUses(of: node.outputs[1], with: mean)
      func add(_ operation: any Operator, _ suffix: String, _ inputs: [ValueID?]) throws(PassError) -> ValueID {
        try graph.add(operation, name: "\(node.name).\(suffix)", inputs: inputs, before: id)
      }
      let difference = try add(Binary(.subtract), "difference", [input, mean])
      let square = try add(Binary(.multiply), "square", [difference, difference])
      let variance = try add(average, "variance", [square])
      let epsilon = graph.addConstant(
        "\(node.name).epsilon", Tensor(shape: [], floats: [Float(operation.epsilon)]))
      let shifted = try add(Binary(.add), "shifted", [variance, epsilon])
      let deviation = try add(Unary(.squareRoot), "deviation", [shifted])
      let inverse = try graph.add(Unary(.reciprocal), name: names[2], inputs: [deviation], before: id)
      graph.replaceUses(of: node.outputs[2], with: inverse)
      graph.remove(id)
    }
  }
}
