import KilnGraph
import KilnKernels

/// Determinants: one call, with room for a matrix.
struct DeterminantLowering: Lowering {
  func calls(for operation: Determinant, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (input, output) = (node.operand(0), node.outputs[0])
    let shape = context.graph.type(of: input).shape
    let count = context.graph.type(of: output).elementCount
    if count == 0 { return [] }
    let size = shape[shape.count - 1]
    return [
      KernelCall(
        ComputeDeterminants(
          context.source(input), to: context.destination(output), rows: context.workspace(max(size * size, 1)),
          matrices: count, size: size))
    ]
  }
}
