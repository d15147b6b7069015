import KilnEmission
import KilnGraph
import KilnLowering
import KilnPasses
import Testing

/// Operators that have no kernel of their own, written as others that have.
struct DecomposeTests {
  @Test(arguments: cases) func `computes the same`(_ row: PassCase) throws { try row.check() }

  static let window = Window(
    kernel: [2, 3, 2], strides: [2, 1, 2], dilations: [2, 1, 1], padBegin: [1, 1, 0], padEnd: [2, 0, 1])

  static let cases: [PassCase] = [
    PassCase("volume maxima", [SplitVolumePooling()], expect: poolingSplit("MaxPool")) {
      $0.finished(try $0.node(Pool(.maximum, window: window, roundsUp: true), [$0.input([2, 3, 5, 6, 7])]))
    },
    PassCase("volume means without padding", [SplitVolumePooling()], expect: poolingSplit("AveragePool")) {
      $0.finished(
        try $0.node(Pool(.average(countsPadding: false), window: window), [$0.input([1, 2, 5, 6, 7])]))
    },
    PassCase("volume means with padding", [SplitVolumePooling()], expect: poolingSplit("AveragePool")) {
      $0.finished(
        try $0.node(
          Pool(.average(countsPadding: true), window: window, roundsUp: true), [$0.input([1, 2, 5, 6, 7])]))
    },
    PassCase("volume norms", [SplitVolumePooling()], expect: poolingSplit("LpPool")) {
      $0.finished(try $0.node(Pool(.norm(p: 2), window: window), [$0.input([1, 2, 5, 6, 7])]))
    },
    PassCase("indices of maxima", [SplitVolumePooling()], expect: ["MaxPool"]) {
      let pool = Pool(.maximumWithIndices(columnMajor: false), window: Window(kernel: [2, 2, 2]))
      return $0.finished(try $0.node(pool, [$0.input([1, 2, 3, 3, 3])]))
    },
    PassCase("cubic norm", [SpreadNormPooling()], expect: ["Abs", "Pow", "LpPool", "Pow"]) {
      $0.finished(try $0.node(Pool(.norm(p: 3), window: Window(kernel: [2, 2])), [$0.input([1, 2, 4, 4])]))
    },
    PassCase("log of a sum of exponentials", [SpreadLogSumExp()], expect: logSumExp) {
      $0.finished(try $0.node(Reduction(.logSumExp, axes: [0, 2], keepsAxes: false), [$0.input([2, 3, 4])]))
    },
    PassCase(
      "computed scale and bias", [SpreadComputedScales()],
      expect: ["LayerNormalization", "Mul", "Add", "Add", "Relu"]
    ) {
      let epilogue = Epilogue(activation: .function(.relu), addend: .beforeActivation)
      let operation = LayerNormalization(axis: 1, epsilon: 1e-3, epilogue: epilogue)
      let (x, scale, bias) = ($0.input([2, 3, 4]), $0.input([3, 4]), $0.input([4]))
      return $0.finished(try $0.node(operation, [x, scale, bias, $0.input([2, 3, 4])]))
    },
    PassCase(
      "computed scale of groups", [SpreadComputedScales()],
      expect: ["GroupNormalization", "Reshape", "Mul", "Reshape", "Add"]
    ) {
      let (x, scale, bias) = ($0.input([2, 6, 4, 3]), $0.input([6]), $0.input([6]))
      return $0.finished(try $0.node(GroupNormalization(groups: 3, epsilon: 1e-3), [x, scale, bias]))
    },
    PassCase("three resampled axes", [SplitVolumeResize()], expect: ["Resize", "Resize"]) {
      let resize = Resize(
        to: [1, 2, 6, 2, 9], scales: [1, 1, 2, 0.5, 3], coordinates: .halfPixel,
        interpolation: .linear(antialias: false))
      return $0.finished(try $0.node(resize, [$0.input([1, 2, 3, 4, 3])]))
    },
    PassCase("three cropped axes, picked", [SplitVolumeResize()], expect: ["Resize", "Resize"]) {
      $0.finished(try $0.node(cropped(.nearest(.floor), extrapolation: 9), [$0.input([3, 4, 3])]))
    },
    PassCase("three cropped axes, weighed with 0 outside", [SplitVolumeResize()], expect: ["Resize", "Resize"]) {
      $0.finished(try $0.node(cropped(.linear(antialias: false), extrapolation: 0), [$0.input([3, 4, 3])]))
    },
    PassCase("three cropped axes, weighed", [SplitVolumeResize()], expect: ["Resize"]) {
      $0.finished(try $0.node(cropped(.linear(antialias: false), extrapolation: 9), [$0.input([3, 4, 3])]))
    },
    PassCase("indices of every other row", [SliceRegularIndices()], expect: ["Slice"]) {
      let indices = $0.graph.addConstant("indices", Tensor(shape: [2], integers: [-1, 1]))
      return $0.finished(try $0.node(Gather(axis: 1), [$0.input([2, 4, 3]), indices]))
    },
    PassCase("tuples of a range", [SliceRegularIndices()], expect: ["Slice", "Reshape"]) {
      let tuples = Tensor(shape: [1, 2, 1, 2], integers: [0, 2, 2, 2])
      let indices = $0.graph.addConstant("indices", tuples)
      return $0.finished(try $0.node(GatherND(), [$0.input([3, 4, 3]), indices]))
    },
    PassCase("an element twice", [SliceRegularIndices()], expect: ["GatherElements"]) {
      let indices = $0.graph.addConstant("indices", Tensor(shape: [3], integers: [1, 1, 1]))
      return $0.finished(try $0.node(GatherElements(axis: 0), [$0.input([4]), indices]))
    },
    PassCase("triangle", [SpreadSelections()], expect: ["Where"]) {
      $0.finished(try $0.node(Trilu(keepsUpper: true, diagonal: -1), [$0.input([2, 4, 3])]))
    },
    PassCase("one hot", [SpreadSelections()], expect: ["Round", "Reshape", "Equal", "Equal", "Or", "Where"]) {
      let indices = try $0.unary(.round, $0.input([3, 4]))
      let values = $0.graph.addConstant("values", Tensor(shape: [2], floats: [-0.5, 2]))
      return $0.finished(try $0.node(OneHot(axis: 1, depth: 3), [indices, values]))
    },
  ]

  /// To twice the size, of a region that reaches outside along each axis.
  private static func cropped(_ interpolation: Resize.Interpolation, extrapolation: Double) -> Resize {
    Resize(
      to: [6, 8, 6], scales: [2, 2, 2],
      coordinates: .crop(start: [-0.2, 0.1, 0], end: [1, 1.2, 1.1], extrapolation: extrapolation),
      interpolation: interpolation)
  }

  private static func poolingSplit(_ name: String) -> [String] { ["Reshape", name, "Reshape", name, "Reshape"] }

  private static let logSumExp = ["ReduceMax", "Clip", "Sub", "Exp", "ReduceLogSum", "Reshape", "Add"]

  @Test(arguments: [1, 2], [false, true])
  func `flattens volume convolutions`(groups: Int, isTransposed: Bool) throws {
    var builder = GraphBuilder()
    let x = builder.input([2, 4, 5, 6, 7])
    let bias = builder.constant([6])
    let operation: any Operator
    let weight: ValueID
    if isTransposed {
      weight = builder.constant([4, 6 / groups, 2, 3, 2])
      operation = TransposedConvolution(
        window: Self.window, outputPadding: [1, 0, 1], groups: groups,
        epilogue: Epilogue(activation: .function(.relu)))
    } else {
      weight = builder.constant([6, 4 / groups, 2, 3, 2])
      operation = Convolution(
        window: Self.window, groups: groups,
        epilogue: Epilogue(activation: .function(.relu), addend: .beforeActivation))
    }
    let addend = isTransposed ? [] : [builder.input([2, 6, 3, 5, 4])]
    let original = builder.finished(try builder.node(operation, [x, weight, bias] + addend))
    let result = try rewritten(original, by: [FlattenVolumeConvolution()])
    #expect(result.nodeIDs.allSatisfy { id in (result[id].operation as? Convolution)?.window.rank != 3 })
    #expect(result.nodeIDs.allSatisfy { id in (result[id].operation as? TransposedConvolution)?.window.rank != 3 })
    try expectSameResults(original, result)
  }

  @Test func `computes statistics`() throws {
    var graph = Graph()
    let x = graph.addInput("x", TensorType(.float32, [2, 3, 4]))
    let scale = graph.addConstant("scale", Tensor(shape: [4], floats: [1, 2, 3, 4]))
    let layer = LayerNormalization(axis: 1, epsilon: 1e-3, givesStatistics: true)
    let results = try graph.insert(layer, name: "norm", inputs: [x, scale], outputNames: ["y", "mean", "inverse"])
    for (index, result) in results.enumerated() { graph.addOutput("output\(index)", result) }
    let result = try rewritten(graph, by: [ComputeStatistics()])
    #expect(result.outputs.map { result[$0.value].name } == ["y", "mean", "inverse"])
    try expectSameResults(graph, result)
  }
}
