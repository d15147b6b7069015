import KilnGraph

/// Writes a pooling by a p-norm for which there is no kernel as `(sum of |x|^p)^(1/p)`: powers, a pooling by the sum of
/// magnitudes, and a root.
///
/// Source: ONNX LpPool.
package struct SpreadNormPooling: Pass {
  package let name = "spread-norm-pooling"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard var pool = node.operation as? Pool, case .norm(let p) = pool.kind, p != 1, p != 2,
        let input = node.data, graph.type(of: input).scalar == .float32
      else { continue }
      func constant(_ value: Double, _ suffix: String) -> ValueID {
        graph.addConstant("\(node.name).\(suffix)", Tensor(shape: [], floats: [Float(value)]))
      }
      func add(_ operation: any Operator, _ suffix: String, _ inputs: [ValueID?]) throws(PassError) -> ValueID {
        try graph.add(operation, name: "\(node.name).\(suffix)", inputs: inputs, before: id)
      }
      let magnitude = try add(Unary(.absolute), "magnitude", [input])
      let powers = try add(Binary(.power), "powers", [magnitude, constant(p, "p")])
      pool.kind = .norm(p: 1)
      let sums = try add(pool, "sums", [powers])
      graph.replace(id, with: Binary(.power), inputs: [sums, constant(1 / p, "root")])
    }
  }
}
