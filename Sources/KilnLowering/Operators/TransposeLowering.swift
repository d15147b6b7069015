import KilnGraph
import KilnKernels

/// Permutation of axes, copied.
struct TransposeLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: Transpose, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: Transpose, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let strides = context.strides(of: input)
    return StridedCopy(
      shape: context.graph.type(of: output).shape,
      source: .init(value: input, strides: operation.permutation.map { strides[$0] }),
      destination: .init(value: output, strides: context.strides(of: output))
    ).calls(&context)
  }
}
