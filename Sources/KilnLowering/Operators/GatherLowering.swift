import KilnGraph
import KilnKernels

/// Slices picked by indices: constant ones are checked here, those computed at run time are limited to the axis by the
/// kernel.
struct GatherLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func obstacle(to gather: Gather, _ node: Node, in graph: Graph) -> String? {
    guard let data = node.data else { return nil }
    let extent = graph.type(of: data).shape[gather.axis]
    guard let indices = graph.constant(node.inputs[GatherOperand.indices]) else {
      return extent == 0 ? "it picks from an empty axis" : nil
    }
    return indices.integers().allSatisfy { (-extent..<extent).contains($0) } ? nil : "an index is out of range"
  }

  func storage(of gather: Gather, _ node: Node, in graph: Graph) -> NodeStorage { NodeStorage(stridedInputs: [0]) }

  func calls(for gather: Gather, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (data, picked) = (node.operand(0), node.operand(1))
    let axis = gather.axis
    let shape = context.graph.type(of: data).shape
    let count = context.graph.type(of: picked).elementCount
    // The result as if the indices were a list: as many axes as the data.
    let result = Array(shape[..<axis]) + [count] + shape[(axis + 1)...]
    let from = context.strides(of: data)
    let to = result.rowMajorStrides
    let others = shape.indices.filter { $0 != axis }
    var nest = LoopNest(others.map { shape[$0] }, [others.map { from[$0] }, others.map { to[$0] }])
    if nest.isEmpty || count == 0 { return [] }
    let run = nest.removeInnermost { $0.strides == [1, 1] }
    return nest.pieces().map { offsets, axes in
      KernelCall(
        PickRuns(
          context.source(data, offset: offsets[0]), stride: from[axis], extent: shape[axis],
          indices: context.source(picked), indexCount: count,
          to: context.destination(node.outputs[0], offset: offsets[1]), stride: to[axis], axes, count: run.extent))
    }
  }
}
