import KilnGraph

/// Reductions over whole axes, global pooling among them: of float32 on vectors, of other types element by element.
struct ReductionLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func obstacle(to reduction: Reduction, _ node: Node, in graph: Graph) -> String? {
    let scalar = graph.type(of: node.outputs[0]).scalar
    if reduction.kind == .logSumExp { return "exp, ReduceSum and log after subtracting the maximum would do" }
    if scalar != .float32, ScalarReduction(reduction.kind, scalar, count: 1) == nil {
      return "the runtime doesn't compute it for \(scalar.rawValue); cast the operand to float32"
    }
    guard let input = node.inputs[0] else { return nil }
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
    guard let input = node.inputs[0] else { return [] }
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
    if scalar != .float32 {
      guard let formula = ScalarReduction(reduction.kind, scalar, count: count) else { return [] }
      return outer.pieces().map { offsets, axes in
        KernelCall(
          "reduceScalars",
          [
            .init(nil, context.source(input, offset: offsets[0])), .init(nil, axes.strides(of: 0)),
            .init("over", reduced.axes.extents), .init(nil, reduced.axes.strides(of: 0)),
            .init("to", .destination(output, offset: offsets[1])), .init(nil, axes.strides(of: 1)),
            .init("shape", axes.extents), .init("from", .code(formula.identity)),
            .init("accumulate", .code("{ \(formula.accumulate) }")),
            .init("finish", .code("{ \(formula.finish) }")),
          ], files: [.scalarReduction, .numbers])
      }
    }
    let function: String
    let run: LoopNest.Axis
    if reduced.axes.last?.strides == [1], outer.axes.last?.strides != [1, 1] {
      (function, run) = ("reduceRows", reduced.removeInnermost { _ in true })
    } else {
      (function, run) = ("reduceChannels", outer.removeInnermost { $0.strides == [1, 1] })
    }
    let formula = Formula(reduction.kind, count: count)
    return outer.pieces().map { offsets, axes in
      KernelCall(
        function,
        [
          .init(nil, context.source(input, offset: offsets[0])), .init(nil, axes.strides(of: 0)),
          .init("over", reduced.axes.extents), .init(nil, reduced.axes.strides(of: 0)),
          .init("to", .destination(output, offset: offsets[1])), .init(nil, axes.strides(of: 1)),
          .init("shape", axes.extents), .init("count", .integer(run.extent)), .init("from", .float(formula.identity)),
          .init("accumulate", .code("{ \(formula.accumulate) }")), .init("merge", .code("{ \(formula.merge) }")),
          .init("finish", .code("{ \(formula.finish) }")),
        ], files: [.reduction, .activations])
    }
  }

  private struct Axis {
    var extent: Int
    var stride: Int
  }

  /// A reduction as Swift source.
  private struct Formula {
    var identity: Float
    /// Of the result `$0` and an element `$1`.
    var accumulate: String
    /// Of two results.
    var merge: String
    /// Of the result.
    var finish = "$0"

    /// The formula of a reduction over `count` elements.
    init(_ kind: Reduction.Kind, count: Int) {
      (identity, accumulate, merge) =
        switch kind {
        case .sum, .mean, .logSum, .logSumExp: (0, "$0 + $1", "$0 + $1")
        case .maximum: (-.infinity, "maximumOrNaN($0, $1)", "maximumOrNaN($0, $1)")
        case .minimum: (.infinity, "minimumOrNaN($0, $1)", "minimumOrNaN($0, $1)")
        case .product: (1, "$0 * $1", "$0 * $1")
        case .l1: (0, "$0 + absolute($1)", "$0 + $1")
        case .l2, .sumOfSquares: (0, "fma($0, $1, $1)", "$0 + $1")
        }
      switch kind {
      case .mean: finish = "$0 / \(Float(count).swiftLiteral)"
      case .l2: finish = "squareRoot($0)"
      case .logSum: finish = "logarithm($0)"
      case .sum, .maximum, .minimum, .product, .l1, .sumOfSquares, .logSumExp: break
      }
    }
  }
}
