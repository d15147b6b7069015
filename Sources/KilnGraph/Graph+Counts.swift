extension Graph {
  /// Multiply-accumulates of one evaluation of a node.
  package func multiplyAccumulates(of node: Node) -> Int {
    node.operation.multiplyAccumulates(
      inputs: node.inputs.map { $0.map { type(of: $0) } }, outputs: node.outputs.map { type(of: $0) })
  }

  /// Bytes of a dense value.
  package func byteCount(of value: ValueID) -> Int { type(of: value).elementCount * type(of: value).scalar.byteCount }
}
