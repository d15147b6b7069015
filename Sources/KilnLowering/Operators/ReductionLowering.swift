import KilnGraph
import KilnKernels

/// Reductions over whole axes, global pooling among them: of float32 on vectors, of other types element by element.
struct ReductionLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.union([.float16]) }

  func obstacle(to reduction: Reduction, _ node: Node, in graph: Graph) -> String? {
    let scalar = graph.type(of: node.outputs[0]).scalar
    if reduction.kind == .logSumExp { return "exp, ReduceSum and log after subtracting the maximum would do" }
    if !scalar.isReadAsFloat, ElementReduction(reduction.kind, scalar, count: 1) == nil {
      return "the runtime doesn't compute it for \(scalar.rawValue); cast the operand to float32"
    }
    guard let input = node.data else { return nil }
    let shape = graph.type(of: input).shape
    let reduced = reduction.axes.map { Axis(extent: shape[$0], stride: shape.rowMajorStrides[$0]) }
    let nest = LoopNest(reduced.map(\.extent), [reduced.map(\.stride)])
    return nest.axes.count > LoopNest.kernelAxisCount
      ? "the reduced axes are too scattered; transpose them to be neighbours" : nil
  }

  func storage(of reduction: Reduction, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for reduction: Reduction, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let shape = context.graph.type(of: input).shape
    let from = context.strides(of: input)
    let to = context.strides(of: output)
    if reduction.axes.isEmpty {
      return StridedCopy(
        shape: shape, source: .init(value: input, strides: from), destination: .init(value: output, strides: to)
      ).calls(&context)
    }
    let kept = shape.indices.filter { !reduction.axes.contains($0) }
    var outer = LoopNest(
      kept.map { shape[$0] },
      [kept.map { from[$0] }, reduction.keepsAxes ? kept.map { to[$0] } : Array(to.prefix(kept.count))])
    var reduced = LoopNest(reduction.axes.map { shape[$0] }, [reduction.axes.map { from[$0] }])
    if outer.isEmpty { return [] }
    let count = reduction.axes.map { shape[$0] }.elementCount
    let scalar = context.graph.type(of: output).scalar
    if !scalar.isReadAsFloat {
      guard let formula = ElementReduction(reduction.kind, scalar, count: count) else { node.lacksKernel() }
      return outer.pieces().map { offsets, axes in
        KernelCall(
          ReduceScalars(
            context.source(input, offset: offsets[0]), over: reduced.axes,
            to: context.destination(output, offset: offsets[1]), axes, formula))
      }
    }
    let formula = VectorReduction(reduction.kind, count: count)
    if reduced.axes.last?.strides == [1], outer.axes.last?.strides != [1, 1] {
      let run = reduced.removeInnermost { _ in true }
      return outer.pieces().map { offsets, axes in
        KernelCall(
          ReduceRows(
            context.source(input, offset: offsets[0]), over: reduced.axes,
            to: context.destination(output, offset: offsets[1]), axes, count: run.extent, formula))
      }
    }
    let run = outer.removeInnermost { $0.strides == [1, 1] }
    return outer.pieces().map { offsets, axes in
      KernelCall(
        ReduceChannels(
          context.source(input, offset: offsets[0]), over: reduced.axes,
          to: context.destination(output, offset: offsets[1]), axes, count: run.extent, formula))
    }
  }

  private struct Axis {
    var extent: Int
    var stride: Int
  }
}
