import KilnGraph
import KilnPasses
import Testing

/// Channels-last layout: which transpositions and reshapes remain, and that results are the same.
struct LayoutTests {
  @Test(arguments: images) func `moves images`(_ row: LayoutCase) throws { try row.check() }
  @Test(arguments: rows) func `images of one row`(_ row: LayoutCase) throws { try row.check() }
  @Test(arguments: axes) func `follows axes`(_ row: LayoutCase) throws { try row.check() }
  @Test(arguments: views) func `joins views`(_ row: LayoutCase) throws { try row.check() }

  static let images: [LayoutCase] = [
    LayoutCase("two convs", expect: ["Transpose", "Conv", "Relu", "Conv", "Transpose"]) {
      let y = try $0.relu(try $0.conv($0.input([2, 3, 5, 6]), 4))
      return $0.finished(try $0.conv(y, 3, pad: 1))
    },
    LayoutCase("one channel at the end", expect: ["Transpose", "Conv", "Reshape"]) {
      $0.finished(try $0.conv($0.input([2, 3, 5, 6]), 1))
    },
    LayoutCase("one channel at the start", expect: ["Reshape", "Conv", "Transpose"]) {
      $0.finished(try $0.conv($0.input([1, 1, 5, 6]), 3))
    },
    LayoutCase(
      "poolings and transposed conv", expect: ["Transpose", "MaxPool", "AveragePool", "ConvTranspose", "Transpose"]
    ) {
      let window = Window(kernel: [2, 2], strides: [2, 1], padBegin: [1, 0], padEnd: [0, 1])
      let y = try $0.node(Pool(.maximum, window: window), [$0.input([2, 3, 6, 6])])
      let z = try $0.node(Pool(.average(countsPadding: false), window: window), [y])
      return $0.finished(try $0.transposedConv(z, 5, kernel: 3, stride: 2, pad: 1))
    },
    LayoutCase("pooling whose indices nobody reads", expect: ["Transpose", "MaxPool", "Transpose"]) {
      let pool = Pool(.maximumWithIndices(columnMajor: false), window: Window(kernel: [2, 2]))
      return $0.finished(try $0.node(pool, [$0.input([1, 2, 4, 4])]))
    },
    LayoutCase("batch norm", expect: ["Transpose", "ChannelAffine", "Conv", "Transpose"]) {
      $0.finished(try $0.conv(try $0.batchNorm($0.input([1, 3, 4, 4])), 2, pad: 1))
    },
    LayoutCase("batch norm of rank 2", expect: ["ChannelAffine"]) { $0.finished(try $0.batchNorm($0.input([3, 4]))) },
    LayoutCase("resize", expect: ["Transpose", "Resize", "Conv", "Transpose"]) {
      let resize = Resize(
        to: [1, 3, 8, 6], scales: [1, 1, 2, 1.5], coordinates: .halfPixel, interpolation: .linear(antialias: false))
      return $0.finished(try $0.conv(try $0.node(resize, [$0.input([1, 3, 4, 4])]), 2))
    },
    LayoutCase(
      "pixel shuffle",
      expect: [
        "Transpose", "Conv", "Reshape", "Transpose", "Reshape", "Transpose", "Reshape", "Conv", "Transpose",
      ]
    ) {
      var y = try $0.conv($0.input([1, 2, 4, 4]), 8, kernel: 1)
      y = try $0.node(DepthToSpace(block: 2, channelIsOuter: true), [y])
      y = try $0.node(SpaceToDepth(block: 4), [y])
      return $0.finished(try $0.conv(y, 3, kernel: 1))
    },
    LayoutCase("depth to space", expect: ["Transpose", "Reshape", "Transpose", "Reshape", "Transpose"]) {
      $0.finished(try $0.node(DepthToSpace(block: 2, channelIsOuter: false), [$0.input([2, 8, 3, 2])]))
    },
    // The depth's taps become channels of a 2-D convolution.
    LayoutCase(
      "three spatial axes",
      expect: [
        "Transpose", "Reshape", "Slice", "Slice", "Concat", "Reshape", "Transpose", "Conv", "Reshape", "Relu",
        "Transpose",
      ]
    ) {
      $0.finished(try $0.relu(try $0.conv($0.input([1, 2, 3, 3, 3]), 2, Window(kernel: [2, 2, 2]))))
    },
  ]

  static let rows: [LayoutCase] = [
    LayoutCase(
      "1-D convs",
      expect: ["Transpose", "Reshape", "Conv", "Reshape", "Relu", "Reshape", "Conv", "Reshape", "Transpose"]
    ) {
      let window = Window(kernel: [3], strides: [2], padBegin: [1], padEnd: [0])
      let y = try $0.relu(try $0.conv($0.input([2, 3, 9]), 4, window))
      return $0.finished(try $0.conv(y, 4, Window(kernel: [2], dilations: [2]), groups: 2))
    },
    LayoutCase("1-D pooling", expect: ["Transpose", "Reshape", "MaxPool", "Reshape", "Transpose"]) {
      $0.finished(try $0.node(Pool(.maximum, window: Window(kernel: [3], strides: [2])), [$0.input([2, 3, 9])]))
    },
    LayoutCase("1-D resize", expect: ["Transpose", "Reshape", "Resize", "Reshape", "Transpose"]) {
      let resize = Resize(
        to: [1, 3, 8], scales: [1, 1, 2], coordinates: .asymmetric, interpolation: .nearest(.floor))
      return $0.finished(try $0.node(resize, [$0.input([1, 3, 4])]))
    },
    LayoutCase("1-D transposed conv", expect: ["Transpose", "Reshape", "ConvTranspose", "Reshape", "Transpose"]) {
      let layer = TransposedConvolution(window: Window(kernel: [3], strides: [2]), outputPadding: [1])
      return $0.finished(try $0.node(layer, [$0.input([1, 2, 4]), $0.constant([2, 3, 3])]))
    },
  ]

  /// A conv whose result has 4 channels, 5 rows and 6 columns.
  static func image(_ builder: inout GraphBuilder) throws -> ValueID {
    try builder.conv(builder.input([2, 3, 5, 6]), 4, kernel: 1)
  }

  static let axes: [LayoutCase] = [
    LayoutCase("constants", expect: ["Transpose", "Conv", "Mul", "Add", "Max", "Where", "Conv", "Transpose"]) {
      var y = try image(&$0)
      y = try $0.binary(.multiply, y, $0.constant([1, 4, 1, 1]))
      y = try $0.add($0.constant([5, 6]), y)
      y = try $0.binary(.maximum, y, $0.scalar(0.1))
      let mask = $0.graph.addConstant("mask", Tensor(shape: [5, 1], integers: [1, 0, 1, 1, 0], as: .bool))
      y = try $0.node(Select(), [mask, y, $0.constant([4, 1, 6])])
      return $0.finished(try $0.conv(y, 2))
    },
    LayoutCase("an addend with fewer axes", expect: ["Transpose", "Conv", "Reshape", "Add", "Conv", "Transpose"]) {
      $0.finished(try $0.conv(try $0.add(try image(&$0), $0.input([6])), 2))
    },
    LayoutCase(
      "a multiply-add of columns",
      expect: ["Transpose", "Conv", "Transpose", "ChannelAffine", "Transpose", "Conv", "Transpose"]
    ) {
      let terms = [$0.constant([6]), $0.constant([6])]
      let y = try $0.node(ChannelAffine(axis: 3), [try image(&$0)] + terms)
      return $0.finished(try $0.conv(y, 2))
    },
    LayoutCase("concat, slice, pad", expect: ["Transpose", "Conv", "Slice", "Concat", "Pad", "Conv", "Transpose"]) {
      let y = try image(&$0)
      let half = try $0.node(Slice(starts: [0, 3, 4, 0], counts: [2, 2, 5, 6], steps: [1, -1, -1, 1]), [y])
      let joined = try $0.node(Concat(axis: 1), [half, y])
      let pad = Pad(begin: [0, 0, 1, 2], end: [0, 0, 3, 0], mode: .reflect)
      return $0.finished(try $0.conv(try $0.node(pad, [joined]), 2))
    },
    LayoutCase("a large operand that is not at hand", expect: ["Transpose", "Conv", "Reshape", "Mul"]) {
      let y = try $0.conv($0.input([1, 3, 1, 2]), 4, Window(kernel: [1, 2]))
      return $0.finished(try $0.binary(.multiply, $0.input([1, 4, 5, 6]), y))
    },
    LayoutCase("squeeze and excite", expect: ["Transpose", "Conv", "ReduceMean", "Conv", "Mul", "Conv", "Transpose"]) {
      let y = try image(&$0)
      let mean = try $0.node(Reduction(.mean, axes: [2, 3], keepsAxes: true), [y])
      return $0.finished(try $0.conv(try $0.binary(.multiply, y, try $0.conv(mean, 4, kernel: 1)), 2))
    },
    LayoutCase(
      "squeeze and excite, linear",
      expect: ["Transpose", "Conv", "ReduceMean", "Reshape", "Linear", "Reshape", "Mul", "Conv", "Transpose"]
    ) {
      let y = try image(&$0)
      let mean = try $0.node(Reduction(.mean, axes: [2, 3], keepsAxes: false), [y])
      let gate = try $0.node(Reshape(to: [2, 4, 1, 1]), [try $0.linear(mean, 4)])
      return $0.finished(try $0.conv(try $0.binary(.multiply, y, gate), 2))
    },
    LayoutCase("the largest class of each pixel", expect: ["Transpose", "Conv", "ArgMax"]) {
      let arg = ArgReduction(findsMinimum: false, axis: 1, keepsAxis: false, selectsLast: false)
      return $0.finished(try $0.node(arg, [try image(&$0)]))
    },
    LayoutCase("reduction that leaves axes in another order", expect: ["Transpose", "Conv", "ReduceSum", "Transpose"]) {
      $0.finished(try $0.node(Reduction(.sum, axes: [3], keepsAxes: false), [try image(&$0)]))
    },
    LayoutCase(
      "normalisations",
      expect: [
        "Transpose", "LRN", "Conv", "GroupNormalization", "LRN", "LpNormalization", "MeanVarianceNormalization",
        "CumSum",
        "Conv", "Transpose",
      ]
    ) {
      let response = LocalResponseNormalization(size: 3, alpha: 0.1, beta: 0.75, bias: 1)
      var y = try $0.conv(try $0.node(response, [$0.input([2, 3, 4, 5])]), 4, kernel: 1)
      y = try $0.node(GroupNormalization(groups: 2, epsilon: 1e-5), [y, $0.constant([4]), $0.constant([4])])
      y = try $0.node(response, [y])
      y = try $0.node(LpNormalization(axis: 1, p: 2), [y])
      y = try $0.node(MeanVarianceNormalization(axes: [0, 2, 3]), [y])
      y = try $0.node(CumulativeSum(axis: 1), [y])
      return $0.finished(try $0.conv(y, 2))
    },
    LayoutCase("softmax over channels", expect: ["Transpose", "Conv", "Softmax", "Cast", "Transpose"]) {
      let y = try $0.node(Softmax(axis: 1), [try image(&$0)])
      return $0.finished(try $0.node(Cast(to: .float64), [y]))
    },
    LayoutCase("halves of an input", expect: ["Transpose", "Slice", "Slice", "Conv", "Concat", "Conv", "Transpose"]) {
      let x = $0.input([2, 4, 5, 6])
      let first = try $0.node(Slice(starts: [0, 0, 0, 0], counts: [2, 2, 5, 6]), [x])
      let second = try $0.node(Slice(starts: [0, 2, 0, 0], counts: [2, 2, 5, 6]), [x])
      let joined = try $0.node(Concat(axis: 1), [try $0.conv(first, 2, kernel: 1), second])
      return $0.finished(try $0.conv(joined, 2))
    },
    LayoutCase("a small part of an input", expect: ["Slice", "Transpose", "Conv", "Transpose"]) {
      let x = $0.input([1, 2, 9, 9])
      return $0.finished(
        try $0.conv(try $0.node(Slice(starts: [0, 0, 3, 3], counts: [1, 2, 3, 3]), [x]), 2, kernel: 1))
    },
    LayoutCase("an input that is at hand", expect: ["Transpose", "Conv", "Concat", "Conv", "Transpose"]) {
      let x = $0.input([1, 6, 4, 4])
      let joined = try $0.node(Concat(axis: 1), [x, try $0.conv(x, 2, kernel: 1)])
      return $0.finished(try $0.conv(joined, 2))
    },
    LayoutCase("gather, expand, tile", expect: ["Transpose", "Conv", "Gather", "Expand", "Tile", "Conv", "Transpose"]) {
      let indices = $0.graph.addConstant("indices", Tensor(shape: [3], integers: [3, 0, 1]))
      var y = try $0.conv($0.input([1, 3, 5, 6]), 4, kernel: 1)
      y = try $0.node(Gather(axis: 1), [y, indices])
      y = try $0.node(Expand(to: [2, 3, 5, 6]), [y])
      y = try $0.node(Tile([1, 2, 1, 1]), [y])
      return $0.finished(try $0.conv(y, 2))
    },
  ]

  static let views: [LayoutCase] = [
    LayoutCase("global pooling and flatten", expect: ["Transpose", "Conv", "ReduceMean", "Reshape", "Linear"]) {
      let mean = try $0.node(Reduction(.mean, axes: [2, 3], keepsAxes: true), [try image(&$0)])
      return $0.finished(try $0.linear(try $0.node(Reshape(to: [2, 4]), [mean]), 3))
    },
    LayoutCase("flatten into linear", expect: ["Transpose", "Conv", "Reshape", "Linear"]) {
      $0.finished(try $0.linear(try $0.node(Reshape(to: [2, 120]), [try image(&$0)]), 3))
    },
    LayoutCase("flatten into linear, inputs first", expect: ["Transpose", "Conv", "Reshape", "Linear"]) {
      $0.finished(try $0.linear(try $0.node(Reshape(to: [2, 120]), [try image(&$0)]), 3, .inputFirst))
    },
    LayoutCase("flatten of other axes into linear", expect: ["Reshape", "Linear"]) {
      let turned = try $0.node(Transpose([0, 3, 2, 1]), [$0.input([2, 4, 5, 6])])
      return $0.finished(try $0.linear(try $0.node(Reshape(to: [2, 120]), [turned]), 3, .inputFirst))
    },
    LayoutCase(
      "channel shuffle", expect: ["Transpose", "Conv", "Reshape", "Transpose", "Reshape", "Conv", "Transpose"]
    ) {
      var y = try $0.node(Reshape(to: [2, 2, 2, 5, 6]), [try image(&$0)])
      y = try $0.node(Transpose([0, 2, 1, 3, 4]), [y])
      y = try $0.node(Reshape(to: [2, 4, 5, 6]), [y])
      return $0.finished(try $0.conv(y, 2))
    },
    LayoutCase("detection head: classes last", expect: ["Transpose", "Conv", "Reshape"]) {
      let y = try $0.node(Transpose([0, 2, 3, 1]), [try image(&$0)])
      return $0.finished(try $0.node(Reshape(to: [2, 60, 2]), [y]))
    },
    LayoutCase("tokens", expect: ["Transpose", "Conv", "Reshape", "Linear"]) {
      let y = try $0.node(Reshape(to: [2, 4, 30]), [try image(&$0)])
      return $0.finished(try $0.linear(try $0.node(Transpose([0, 2, 1]), [y]), 3))
    },
    LayoutCase("exported from channels-last", expect: ["Conv", "Relu", "Conv"]) {
      let x = try $0.node(Transpose([0, 3, 1, 2]), [$0.input([1, 5, 6, 3])])
      let y = try $0.relu(try $0.node(Transpose([0, 2, 3, 1]), [try $0.conv(x, 4)]))
      let z = try $0.conv(try $0.node(Transpose([0, 3, 1, 2]), [y]), 2)
      return $0.finished(try $0.node(Transpose([0, 2, 3, 1]), [z]))
    },
    LayoutCase(
      "a value that others need as it was", expect: ["Transpose", "Conv", "Transpose", "Relu", "Transpose", "MatMul"]
    ) {
      let y = try $0.conv($0.input([1, 3, 4, 4]), 2, kernel: 1)
      return $0.finished(try $0.node(MatMul(), [y, try $0.relu(y)]))
    },
  ]

  @Test func `ports can be channels-last`() throws {
    var builder = GraphBuilder()
    let x = builder.input([1, 3, 4, 5], name: "image")
    let y = try builder.conv(x, 2)
    let original = builder.finished(y, try builder.relu(y))
    let result = try Passes.run(on: original, options: PassOptions(folds: false, portLayout: .channelsLast))
    #expect(summary(result.graph) == ["Conv", "Relu"])
    #expect(result.graph[result.graph.inputs[0]].type.shape == [1, 4, 5, 3])
    #expect(result.graph[result.graph.inputs[0]].name == "image")
    #expect(result.graph.outputs.map(\.name) == ["output0", "output1"])
    let input = seededInputs(original)[0]
    let expected = try Interpreter(original).run([input])
    let moved = try Transpose([0, 2, 3, 1]).evaluate([input])
    for (expected, actual) in zip(expected, try Interpreter(result.graph).run(moved)) {
      #expect(relativeError(try Transpose([0, 2, 3, 1]).evaluate([expected])[0], actual) < 1e-6)
    }
  }

  @Test func `the layer keeps its name and history`() throws {
    var builder = GraphBuilder()
    let y = try builder.relu(try builder.conv(builder.input([1, 3, 4, 5]), 2, name: "stem"))
    let result = try Passes.run(on: builder.finished(y))
    let layer = try #require(result.graph.nodeIDs.first { result.graph[$0].operation is Convolution })
    #expect(result.graph[layer].name == "stem")
    #expect(result.graph[layer].folded.map(\.operation) == ["Relu"])
    #expect(result.layoutOrigins[result.graph[layer].outputs[0]]?.name == builder.graph[y].name)
  }
}

/// A network and the operators that remain when nothing is folded.
struct LayoutCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let expected: [String]
  let build: @Sendable (inout GraphBuilder) throws -> Graph

  init(
    _ description: String, expect expected: [String], build: @escaping @Sendable (inout GraphBuilder) throws -> Graph
  ) {
    testDescription = description
    self.expected = expected
    self.build = build
  }

  /// Compares operators, results, and every value with the original's of its name.
  func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
    var builder = GraphBuilder()
    let original = try build(&builder)
    let result = try Passes.run(on: original, options: PassOptions(folds: false))
    #expect(summary(result.graph) == expected, sourceLocation: sourceLocation)
    try expectSameResults(original, result.graph, sourceLocation: sourceLocation)
    var values: [String: Tensor] = [:]
    let inputs = seededInputs(original)
    _ = try Interpreter(original).run(inputs) { values[original[$0].name] = $1 }
    _ = try Interpreter(result.graph).run(inputs) { id, actual in
      let origin = result.layoutOrigins[id]
      guard let expected = values[origin?.name ?? result.graph[id].name] else { return }
      let permuted = try? origin.map { try Transpose($0.permutation).evaluate([expected])[0] }
      #expect(relativeError(permuted ?? expected, actual) < 1e-5, sourceLocation: sourceLocation)
    }
  }
}
