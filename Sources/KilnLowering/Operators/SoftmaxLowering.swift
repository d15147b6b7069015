import KilnGraph
import KilnKernels

/// Softmax and its logarithm along any axis.
struct SoftmaxLowering: Lowering {
  func storage(of softmax: Softmax, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true, inPlaceInputs: [0])
  }

  func calls(for softmax: Softmax, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let shape = context.graph.type(of: output).shape
    let strides = [context.strides(of: input), context.strides(of: output)]
    let axis = softmax.axis
    let others = shape.indices.filter { $0 != axis }
    var nest = LoopNest(others.map { shape[$0] }, strides.map { strides in others.map { strides[$0] } })
    if nest.isEmpty || shape[axis] == 0 { return [] }
    let isRow = strides.allSatisfy { $0[axis] == 1 }
    let run = isRow ? nil : nest.removeInnermost { $0.strides == [1, 1] }
    return nest.pieces().map { offsets, axes in
      let source = context.source(input, offset: offsets[0])
      let destination = context.destination(output, offset: offsets[1])
      guard let run else {
        return KernelCall(
          SoftmaxRows(source, to: destination, axes, count: shape[axis], isLogarithmic: softmax.isLogarithmic))
      }
      return KernelCall(
        SoftmaxChannels(
          source, stride: strides[0][axis], to: destination, stride: strides[1][axis], axes, steps: shape[axis],
          count: run.extent, isLogarithmic: softmax.isLogarithmic))
    }
  }
}
