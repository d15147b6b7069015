import KilnGraph
import KilnKernels

/// Other dimensions for the same elements: a copy where the planner couldn't share the memory.
struct ReshapeLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: Reshape, _ node: Node, in graph: Graph) -> NodeStorage { NodeStorage(stridedInputs: [0]) }

  func calls(for operation: Reshape, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let shape = context.graph.type(of: input).shape
    return StridedCopy(
      shape: shape, source: .init(value: input, strides: context.strides(of: input)),
      destination: .init(value: node.outputs[0], strides: shape.rowMajorStrides)
    ).calls(&context)
  }
}
