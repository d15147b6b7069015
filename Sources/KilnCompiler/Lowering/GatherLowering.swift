import KilnGraph

/// Slices picked by constant indices.
struct GatherLowering: Lowering {
  func obstacle(to gather: Gather, _ node: Node, in graph: Graph) -> String? {
    guard let data = node.inputs[0], let indices = graph.constant(node.inputs[1]) else {
      return "its indices are computed at run time"
    }
    let extent = graph.type(of: data).shape[gather.axis]
    if extent > 1 << 24 { return "it picks from more than 2^24 elements" }
    return indices.integers().allSatisfy { (-extent..<extent).contains($0) } ? nil : "an index is out of range"
  }

  func storage(of gather: Gather, _ node: Node, in graph: Graph) -> NodeStorage { NodeStorage(stridedInputs: [0]) }

  func calls(for gather: Gather, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let data = node.inputs[0], let tensor = context.graph.constant(node.inputs[1]) else { return [] }
    let axis = gather.axis
    let shape = context.graph.type(of: data).shape
    let indices = tensor.integers().map { Float($0 < 0 ? $0 + shape[axis] : $0) }
    // The result as if the indices were a list: as many axes as the data.
    let result = Array(shape[..<axis]) + [indices.count] + shape[(axis + 1)...]
    let from = context.strides(of: data)
    let to = result.rowMajorStrides
    let others = shape.indices.filter { $0 != axis }
    var nest = LoopNest(others.map { shape[$0] }, [others.map { from[$0] }, others.map { to[$0] }])
    if nest.isEmpty || indices.isEmpty { return [] }
    let run = nest.removeInnermost { $0.strides == [1, 1] }
    let table = context.addTable(
      "\(node.name).indices", shape: [indices.count], layout: "indices", elements: indices)
    return nest.pieces().map { offsets, axes in
      KernelCall(
        "gatherRuns",
        [
          .init(nil, context.source(data, offset: offsets[0])), .init(nil, axes.strides(of: 0)),
          .init("stride", .integer(from[axis])), .init("indices", .table(table)),
          .init("indexCount", .integer(indices.count)),
          .init("to", .destination(node.outputs[0], offset: offsets[1])), .init(nil, axes.strides(of: 1)),
          .init("stride", .integer(to[axis])), .init("shape", axes.extents), .init("count", .integer(run.extent)),
        ], files: [.gather])
    }
  }
}
