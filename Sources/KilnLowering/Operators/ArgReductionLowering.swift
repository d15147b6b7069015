import KilnGraph
import KilnKernels

/// The index of the largest or smallest element along an axis.
struct ArgReductionLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func storage(of operation: ArgReduction, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: ArgReduction, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let shape = context.graph.type(of: input).shape
    let from = context.strides(of: input)
    let to = context.strides(of: output)
    let kept = shape.indices.filter { $0 != operation.axis }
    let nest = LoopNest(
      kept.map { shape[$0] },
      [kept.map { from[$0] }, operation.keepsAxis ? kept.map { to[$0] } : Array(to.prefix(kept.count))])
    if nest.isEmpty { return [] }
    return nest.pieces().map { offsets, axes in
      KernelCall(
        FindExtremes(
          context.source(input, offset: offsets[0]), stride: from[operation.axis], steps: shape[operation.axis],
          to: context.destination(output, offset: offsets[1]), axes, findsMinimum: operation.findsMinimum,
          selectsLast: operation.selectsLast))
    }
  }
}
