import KilnGraph
import KilnKernels

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
  var scale: TableID
  var bias: TableID
  var parameterStrides: [Int]
  /// How many neighbours along the last axis, which isn't normalised itself, are normalised together all the same.
  var members = 1
  /// What is done to the sum.
  var formula: NormalizationFormula
  /// What is done to every result.
  var epilogue = Epilogue()
  /// What the epilogue adds, and how it lies.
  var addend: (value: ValueID, strides: [Int])?

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
    return outer.pieces().map { offsets, axes in
      KernelCall(
        Normalize(
          isRow ? .rows : .channels(members: members), context.source(input, offset: offsets[0]),
          to: context.destination(output, offset: offsets[1]), scale: scale, bias: bias,
          addend: context.source(addend?.value ?? input, offset: offsets[3]), axes, over: overAxes, run: run, formula,
          epilogue))
    }
  }

  /// Why a normalisation can't be compiled whose axes form that many runs of neighbours; `nil` where it can.
  static func obstacle(runs: Int) -> String? {
    let most = LoopNest.kernelAxisCount
    return runs > most ? "it normalises over \(runs) axes that are apart; \(most) are compiled" : nil
  }
}
