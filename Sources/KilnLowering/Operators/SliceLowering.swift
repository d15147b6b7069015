import KilnGraph
import KilnKernels

/// Elements at regular steps: a copy where the planner couldn't make the result a view of the operand.
struct SliceLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: Slice, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: Slice, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let strides = context.strides(of: input)
    return StridedCopy(
      shape: operation.counts,
      source: .init(
        value: input, offset: zip(operation.starts, strides).map { $0 * $1 }.reduce(0, +),
        strides: zip(operation.steps, strides).map { $0 * $1 }),
      destination: .init(value: node.outputs[0], strides: context.strides(of: node.outputs[0]))
    ).calls(&context)
  }
}
