import KilnGraph

/// Writes a logarithm of a sum of exponentials as `m + log(sum of exp(x - m))`, where `m` is the largest element,
/// limited to the finite numbers: of infinities the result is what the formula says, not NaN.
///
/// Source: ONNX ReduceLogSumExp.
package struct SpreadLogSumExp: Pass {
  package let name = "spread-log-sum-exp"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard let reduction = node.operation as? Reduction, reduction.kind == .logSumExp, let input = node.data,
        let bound = Self.largestNumber(graph.type(of: input).scalar)
      else { continue }
      func add(_ operation: any Operator, _ suffix: String, _ inputs: [ValueID?]) throws(PassError) -> ValueID {
        try graph.add(operation, name: "\(node.name).\(suffix)", inputs: inputs, before: id)
      }
      let maximum = try add(Reduction(.maximum, axes: reduction.axes, keepsAxes: true), "largest", [input])
      let largest = try add(Unary(.clip(lower: -bound, upper: bound)), "finite", [maximum])
      let shifted = try add(Binary(.subtract), "shifted", [input, largest])
      let powers = try add(Unary(.exponential), "powers", [shifted])
      let sum = try add(Reduction(.logSum, axes: reduction.axes, keepsAxes: reduction.keepsAxes), "sum", [powers])
      let shape = graph.type(of: node.outputs[0]).shape
      let base = try add(Reshape(to: shape), "base", [largest])
      graph.replace(id, with: Binary(.add), inputs: [sum, base])
    }
  }

  /// The largest finite number of the types that have kernels for it.
  private static func largestNumber(_ scalar: ScalarType) -> Double? {
    switch scalar {
    case .float32: Double(Float.greatestFiniteMagnitude)
    case .float64: .greatestFiniteMagnitude
    default: nil
    }
  }
}
