import KilnGraph

/// A normalisation over whole axes, whatever it is called: the mean and a sum over the axes, then a multiply-add.
struct Normalization {
  /// The operand and the result.
  var input: ValueID
  var output: ValueID
  /// The extents, perhaps with an axis split, and how both lie along them.
  var shape: [Int]
  var inputStrides: [Int]
  var outputStrides: [Int]
  /// The axes that are normalised together.
  var inner: Set<Int>
  /// The tables of scales and biases, and how both lie; one number each by default.
  var scale: WeightTable.ID
  var bias: WeightTable.ID
  var parameterStrides: [Int]
  /// How many neighbours along the last axis, which isn't normalised itself, are normalised together all the same.
  var members = 1
  /// What is done to the sum.
  var formula: Formula
  /// What is done to every result.
  var epilogue = Epilogue()
  /// What the epilogue adds, and how it lies.
  var addend: (value: ValueID, strides: [Int])?

  /// A normalisation's arithmetic as Swift source.
  struct Formula {
    /// Whether the mean is subtracted.
    var isCentered: Bool
    /// The sum `$0` with one more centred element `$1`.
    var accumulate: String
    /// What centred elements are multiplied by, from the sum `$0`.
    var multiplier: String

    /// `1 / sqrt(variance + epsilon)` of `count` elements.
    static func variance(count: Int, epsilon: Double) -> Formula {
      Formula(
        isCentered: true, accumulate: "fma($0, $1, $1)",
        multiplier: "1 / squareRoot($0 / \(Float(count).swiftLiteral) + \(Float(epsilon).swiftLiteral))")
    }
  }

  /// The calls.
  func calls(_ context: inout LoweringContext) -> [KernelCall] {
    func nest(_ axes: [Int]) -> LoopNest {
      LoopNest(
        axes.map { shape[$0] },
        [inputStrides, outputStrides, parameterStrides, addend?.strides ?? inputStrides].map { strides in
          axes.map { strides[$0] }
        })
    }
    var outer = nest(shape.indices.filter { !inner.contains($0) })
    var over = nest(shape.indices.filter { inner.contains($0) })
    if outer.isEmpty || over.isEmpty { return [] }
    func isRun(_ axis: LoopNest.Axis) -> Bool {
      (0...1).contains(axis.strides[2]) && [axis.strides[0], axis.strides[1], axis.strides[3]] == [1, 1, 1]
    }
    let isRow = over.axes.last.map(isRun) ?? false
    let run = isRow ? over.removeInnermost(where: isRun) : outer.removeInnermost(or: 0, where: isRun)
    let overAxes = over.axes
    func place(_ operand: Int, _ axes: [LoopNest.Axis]) -> KernelCall.Value {
      let (outer, inner) = (axes.paddedStrides(of: operand), overAxes.paddedStrides(of: operand))
      return .code("NormalizedOperand(outer: \(outer.tupleSource), inner: \(inner.tupleSource))")
    }
    let closure = EpilogueSource(epilogue: epilogue).closure(["sum", "addend"])
    return outer.pieces().map { offsets, axes in
      let members = [KernelCall.Argument("members", .integer(members))]
      return KernelCall(
        isRow ? "normalizeRows" : "normalizeChannels",
        [
          .init(nil, context.source(input, offset: offsets[0])), .init(nil, place(0, axes)),
          .init("to", .destination(output, offset: offsets[1])), .init(nil, place(1, axes)),
          .init("scale", .table(scale)), .init("bias", .table(bias)), .init(nil, place(2, axes)),
          .init("step", .integer(run.strides[2])),
          .init("addend", context.source(addend?.value ?? input, offset: offsets[3])), .init(nil, place(3, axes)),
          .init("shape", axes.extents), .init("over", overAxes.extents), .init("count", .integer(run.extent)),
        ] + (isRow ? [] : members) + [
          .init("isCentered", .code("\(formula.isCentered)")),
          .init("accumulate", .code("{ \(formula.accumulate) }")),
          .init("multiplier", .code("{ \(formula.multiplier) }")), .init(nil, .code(closure)),
        ], files: [.normalization, .activations])
    }
  }

  /// Why a normalisation of an operand of this rank can't be compiled.
  static func obstacle(rank: Int) -> String? {
    rank > LoopNest.kernelAxisCount ? "it has \(rank) axes; \(LoopNest.kernelAxisCount) are compiled" : nil
  }
}
