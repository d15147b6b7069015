import KilnGraph
import KilnKernels

/// The largest or smallest elements along an axis, in order.
struct TopKLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func calls(for operation: TopK, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (input, axis) = (node.operand(0), operation.axis)
    let shape = context.graph.type(of: input).shape
    let from = shape.rowMajorStrides
    let to = context.graph.type(of: node.outputs[0]).shape.rowMajorStrides
    let kept = shape.indices.filter { $0 != axis }
    let nest = LoopNest(kept.map { shape[$0] }, [kept.map { from[$0] }, kept.map { to[$0] }])
    if nest.isEmpty || operation.count == 0 { return [] }
    return nest.pieces().map { offsets, axes in
      KernelCall(
        RankElements(
          context.source(input, offset: offsets[0]), stride: from[axis], steps: shape[axis],
          to: context.destination(node.outputs[0], offset: offsets[1]),
          numbers: context.destination(node.outputs[1], offset: offsets[1]), stride: to[axis], count: operation.count,
          axes, takesLargest: operation.takesLargest))
    }
  }
}
