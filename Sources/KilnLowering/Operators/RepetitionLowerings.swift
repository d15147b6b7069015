import KilnGraph
import KilnKernels

/// Broadcasting to a larger shape, copied.
struct ExpandLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: Expand, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: Expand, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    return StridedCopy(
      shape: operation.shape,
      source: .init(value: input, strides: context.strides(of: input, broadcastTo: operation.shape)),
      destination: .init(value: output, strides: context.strides(of: output))
    ).calls(&context)
  }
}

/// Repetition along axes: each becomes two, the copies and what is copied.
struct TileLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: Tile, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: Tile, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let extents = context.graph.type(of: input).shape
    return StridedCopy(
      shape: zip(operation.repeats, extents).flatMap { [$0, $1] },
      source: .init(value: input, strides: context.strides(of: input).flatMap { [0, $0] }),
      destination: .init(
        value: output, strides: zip(context.strides(of: output), extents).flatMap { [$0 * $1, $0] })
    ).calls(&context)
  }
}
