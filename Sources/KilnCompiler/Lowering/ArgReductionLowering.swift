import KilnGraph

/// The index of the largest or smallest element along an axis.
struct ArgReductionLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func storage(of operation: ArgReduction, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: ArgReduction, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let input = node.inputs[0] else { return [] }
    let output = node.outputs[0]
    let shape = context.graph.type(of: input).shape
    let from = context.strides(of: input)
    let to = context.strides(of: output)
    let kept = shape.indices.filter { $0 != operation.axis }
    let nest = LoopNest(
      kept.map { shape[$0] },
      [kept.map { from[$0] }, operation.keepsAxis ? kept.map { to[$0] } : Array(to.prefix(kept.count))])
    if nest.isEmpty { return [] }
    let isFloat = context.graph.type(of: input).scalar.isFloatingPoint
    let isWorse = operation.findsMinimum ? ">" : "<"
    // A comparison with NaN is false, so that a NaN is better than a number; one that was found gives way to none or,
    // where the last counts, to another.
    let isBetter =
      operation.selectsLast
      ? "!($0 \(isWorse) $1)" + (isFloat ? " && ($1 == $1 || $0 != $0)" : "")
      : "!($0 \(isWorse)= $1)" + (isFloat ? " && $1 == $1" : "")
    return nest.pieces().map { offsets, axes in
      KernelCall(
        "findExtremes",
        [
          .init(nil, context.source(input, offset: offsets[0])), .init(nil, axes.strides(of: 0)),
          .init("stride", .integer(from[operation.axis])), .init("steps", .integer(shape[operation.axis])),
          .init("to", .destination(output, offset: offsets[1])), .init(nil, axes.strides(of: 1)),
          .init("shape", axes.extents), .init(nil, .code("{ \(isBetter) }")),
        ], files: [.scalarReduction])
    }
  }
}
