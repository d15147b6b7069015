import KilnGraph

/// Softmax and its logarithm along any axis.
struct SoftmaxLowering: Lowering {
  func storage(of softmax: Softmax, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true, inPlaceInputs: [0])
  }

  func calls(for softmax: Softmax, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let input = node.inputs[0] else { return [] }
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
      var arguments: [KernelCall.Argument] = [
        .init(nil, context.source(input, offset: offsets[0])), .init(nil, axes.strides(of: 0)),
      ]
      if run != nil { arguments.append(.init("stride", .integer(strides[0][axis]))) }
      arguments += [.init("to", .destination(output, offset: offsets[1])), .init(nil, axes.strides(of: 1))]
      if run != nil { arguments.append(.init("stride", .integer(strides[1][axis]))) }
      arguments.append(.init("shape", axes.extents))
      if run != nil { arguments.append(.init("steps", .integer(shape[axis]))) }
      arguments += [
        .init("count", .integer(run?.extent ?? shape[axis])),
        .init("isLogarithmic", .code("\(softmax.isLogarithmic)")),
      ]
      return KernelCall(run == nil ? "softmaxRows" : "softmaxChannels", arguments, files: [.softmax])
    }
  }
}
