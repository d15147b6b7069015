import KilnGraph
import KilnKernels

/// Running sums along an axis; those of floating-point numbers are kept in Float64.
struct CumulativeSumLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func storage(of operation: CumulativeSum, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: CumulativeSum, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let type = context.graph.type(of: input)
    let strides = [context.strides(of: input), context.strides(of: output)]
    let others = type.shape.indices.filter { $0 != operation.axis }
    let nest = LoopNest(others.map { type.shape[$0] }, strides.map { strides in others.map { strides[$0] } })
    let steps = type.shape[operation.axis]
    if nest.isEmpty || steps == 0 { return [] }
    let along = strides.map { operation.isReversed ? -$0[operation.axis] : $0[operation.axis] }
    let start = strides.map { operation.isReversed ? (steps - 1) * $0[operation.axis] : 0 }
    return nest.pieces().map { offsets, axes in
      KernelCall(
        AccumulateScalars(
          context.source(input, offset: offsets[0] + start[0]), stride: along[0],
          to: context.destination(output, offset: offsets[1] + start[1]), stride: along[1], axes, steps: steps,
          isExclusive: operation.isExclusive, of: type.scalar))
    }
  }
}
