import KilnGraph

/// A conversion from float32 to float32: a copy.
struct CastLowering: Lowering {
  func storage(of operation: Cast, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: Cast, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let input = node.inputs[0] else { return [] }
    let output = node.outputs[0]
    return StridedCopy(
      shape: context.graph.type(of: output).shape,
      source: .init(value: input, strides: context.strides(of: input)),
      destination: .init(value: output, strides: context.strides(of: output))
    ).calls(&context)
  }
}
