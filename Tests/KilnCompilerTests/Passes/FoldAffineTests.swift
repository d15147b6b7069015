import KilnGraph
import KilnPasses
import Testing

/// Per-channel multiply-adds after, before and without a linear layer.
struct FoldAffineTests {
  @Test(arguments: after) func `folds after a layer`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: before) func `folds before a layer`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: leftover) func `keeps what is left`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: canonical) func `runs without folding`(_ row: PassCase) throws { try row.check() }

  static let after: [PassCase] = {
    let pass: [any Pass] = [FoldAffineAfterLinear()]
    return [
      PassCase("conv, batch norm", pass, expect: ["Conv"]) {
        $0.finished(try $0.batchNorm(try $0.conv($0.input([2, 3, 6, 5]), 4, pad: 1)))
      },
      PassCase("conv without bias, batch norm", pass, expect: ["Conv"]) {
        $0.finished(try $0.batchNorm(try $0.conv($0.input([1, 3, 6, 5]), 4, stride: 2, bias: false)))
      },
      PassCase("grouped conv, batch norm", pass, expect: ["Conv"]) {
        $0.finished(try $0.batchNorm(try $0.conv($0.input([1, 6, 5, 5]), 4, groups: 2)))
      },
      PassCase("depthwise dilated conv, batch norm", pass, expect: ["Conv"]) {
        $0.finished(try $0.batchNorm(try $0.conv($0.input([1, 4, 7, 7]), 8, dilation: 2, groups: 4)))
      },
      PassCase("1-D conv, batch norm", pass, expect: ["Conv"]) {
        $0.finished(try $0.batchNorm(try $0.conv($0.input([1, 3, 9]), 4, Window(kernel: [3]))))
      },
      PassCase("3-D conv, batch norm", pass, expect: ["Conv"]) {
        $0.finished(try $0.batchNorm(try $0.conv($0.input([1, 2, 3, 4, 3]), 3, Window(kernel: [2, 2, 2]))))
      },
      PassCase("grouped transposed conv, batch norm", pass, expect: ["ConvTranspose"]) {
        $0.finished(try $0.batchNorm(try $0.transposedConv($0.input([1, 4, 3, 3]), 6, kernel: 3, groups: 2)))
      },
      PassCase("linear, batch norm", pass, expect: ["Linear"]) {
        $0.finished(try $0.batchNorm(try $0.linear($0.input([3, 5]), 4)))
      },
      PassCase("linear whose weight has the inputs first, batch norm", pass, expect: ["Linear"]) {
        $0.finished(try $0.batchNorm(try $0.linear($0.input([3, 5]), 4, .inputFirst)))
      },
      PassCase("linear whose weight has the inputs first, sum", pass, expect: ["Linear"]) {
        $0.finished(try $0.binary(.add, try $0.linear($0.input([3, 5]), 4, .inputFirst), $0.constant([4])))
      },
      PassCase("linear of rank 3, whose channels are elsewhere", pass, expect: ["Linear", "BatchNormalization"]) {
        $0.finished(try $0.batchNorm(try $0.linear($0.input([2, 4, 5]), 4)))
      },
      PassCase("linear of rank 3 with terms a feature", pass, expect: ["Linear"]) {
        let y = try $0.linear($0.input([2, 4, 5]), 6)
        return $0.finished(try $0.binary(.multiply, $0.add(y, $0.constant([6])), $0.constant([1, 6])))
      },
      PassCase("arithmetic with constants", pass, expect: ["Conv"]) {
        var y = try $0.conv($0.input([1, 3, 4, 4]), 4, bias: false)
        y = try $0.binary(.multiply, $0.constant([1, 4, 1, 1]), y)
        y = try $0.binary(.subtract, y, $0.constant([4, 1, 1]))
        y = try $0.binary(.subtract, $0.scalar(2), y)
        y = try $0.binary(.divide, y, $0.scalar(-3, shape: [1, 1, 1, 1]))
        return $0.finished(try $0.unary(.negate, $0.add(y, $0.scalar(0.5))))
      },
      PassCase("only a bias", pass, expect: ["Conv"]) {
        $0.finished(try $0.add(try $0.conv($0.input([1, 3, 4, 4]), 4, bias: false), $0.constant([4, 1, 1])))
      },
      PassCase("several users", pass, expect: ["Conv", "BatchNormalization", "Relu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.batchNorm(y), try $0.relu(y))
      },
      PassCase("a result of the network", pass, expect: ["Conv", "BatchNormalization"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(y, try $0.batchNorm(y))
      },
      PassCase("computed weights", pass, expect: ["Conv", "BatchNormalization"]) {
        let (x, weight) = ($0.input([1, 3, 4, 4]), $0.input([2, 3, 1, 1]))
        return $0.finished(try $0.batchNorm($0.node(Convolution(window: Window(kernel: [1, 1])), [x, weight])))
      },
      PassCase("computed statistics", pass, expect: ["Conv", "BatchNormalization"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 2)
        let terms = [$0.constant([2]), $0.constant([2]), $0.input([2]), $0.constant([2]) { $0 + 2 }]
        return $0.finished(try $0.node(BatchNormalization(epsilon: 1e-3), [y] + terms))
      },
      PassCase("a term that varies over the image", pass, expect: ["Conv", "Add"]) {
        $0.finished(try $0.add(try $0.conv($0.input([1, 3, 4, 4]), 4), $0.constant([1, 4, 2, 2])))
      },
      PassCase("an addition that makes the result larger", pass, expect: ["Conv", "Add"]) {
        $0.finished(try $0.add(try $0.conv($0.input([1, 3, 4, 4]), 4), $0.constant([2, 1, 1, 1])))
      },
      PassCase("an activation between", pass, expect: ["Conv", "Relu", "BatchNormalization"]) {
        $0.finished(try $0.batchNorm(try $0.relu(try $0.conv($0.input([1, 3, 4, 4]), 4))))
      },
      PassCase("division by zero stays what it is", pass, expect: ["Conv", "Div", "Clip"]) {
        let y = try $0.conv($0.input([1, 1, 2, 2]), 1, kernel: 1)
        let quotient = try $0.binary(.divide, y, $0.scalar(0))
        return $0.finished(try $0.unary(.clip(lower: 0, upper: 1), quotient))
      },
    ]
  }()

  static let before: [PassCase] = {
    let pass: [any Pass] = [FoldAffineBeforeLinear()]
    return [
      PassCase("batch norm, conv without padding", pass, expect: ["Conv"]) {
        $0.finished(try $0.conv(try $0.batchNorm($0.input([1, 3, 6, 5])), 4))
      },
      PassCase("batch norm, grouped conv without bias", pass, expect: ["Conv"]) {
        $0.finished(try $0.conv(try $0.batchNorm($0.input([1, 6, 4, 4])), 4, groups: 2, bias: false))
      },
      PassCase("batch norm, padded conv", pass, expect: ["BatchNormalization", "Conv"]) {
        $0.finished(try $0.conv(try $0.batchNorm($0.input([1, 3, 6, 5])), 4, pad: 1))
      },
      PassCase("scale, padded conv", pass, expect: ["Conv"]) {
        $0.finished(try $0.conv(try $0.binary(.multiply, $0.input([1, 3, 5, 5]), $0.constant([3, 1, 1])), 4, pad: 1))
      },
      PassCase("shift and scale, padded conv: the scale folds", pass, expect: ["Sub", "Conv"]) {
        let shifted = try $0.binary(.subtract, $0.input([1, 3, 5, 5]), $0.constant([3, 1, 1]))
        return $0.finished(try $0.conv(try $0.binary(.divide, shifted, $0.scalar(2)), 4, pad: 1))
      },
      PassCase("batch norm, transposed conv", pass, expect: ["BatchNormalization", "ConvTranspose"]) {
        $0.finished(try $0.transposedConv(try $0.batchNorm($0.input([1, 4, 3, 3])), 2))
      },
      PassCase("scale, grouped transposed conv", pass, expect: ["ConvTranspose"]) {
        let scaled = try $0.binary(.multiply, $0.input([1, 4, 3, 3]), $0.constant([4, 1, 1]))
        return $0.finished(try $0.transposedConv(scaled, 4, groups: 2))
      },
      PassCase("batch norm, linear", pass, expect: ["Linear"]) {
        $0.finished(try $0.linear(try $0.batchNorm($0.input([3, 5])), 4))
      },
      PassCase("batch norm, linear whose weight has the inputs first", pass, expect: ["Linear"]) {
        $0.finished(try $0.linear(try $0.batchNorm($0.input([3, 5])), 4, .inputFirst))
      },
      PassCase("two readers", pass, expect: ["Conv", "Conv"]) {
        let x = try $0.batchNorm($0.input([1, 3, 4, 4]))
        return $0.finished(try $0.conv(x, 4, kernel: 1), try $0.conv(x, 2))
      },
      PassCase("a reader that is padded", pass, expect: ["BatchNormalization", "Conv", "Conv"]) {
        let x = try $0.batchNorm($0.input([1, 3, 4, 4]))
        return $0.finished(try $0.conv(x, 4, kernel: 1), try $0.conv(x, 2, pad: 1))
      },
      PassCase("a reader that is no layer", pass, expect: ["BatchNormalization", "Conv", "Relu"]) {
        let x = try $0.batchNorm($0.input([1, 3, 4, 4]))
        return $0.finished(try $0.conv(x, 4, kernel: 1), try $0.relu(x))
      },
    ]
  }()

  static let leftover: [PassCase] = {
    let pass: [any Pass] = [FoldLeftoverAffine()]
    return [
      PassCase("batch norm", pass, expect: ["ChannelAffine"]) {
        $0.finished(try $0.batchNorm($0.input([1, 3, 4, 4])))
      },
      PassCase("batch norm and scale", pass, expect: ["ChannelAffine"]) {
        $0.finished(try $0.binary(.multiply, $0.scalar(3), try $0.batchNorm($0.input([2, 3, 4]))))
      },
      PassCase("mean and deviation of an image", pass, expect: ["ChannelAffine"]) {
        let shifted = try $0.binary(.subtract, $0.input([1, 3, 4, 4]), $0.constant([1, 3, 1, 1]))
        return $0.finished(try $0.binary(.divide, shifted, $0.constant([1, 3, 1, 1]) { $0 + 2 }))
      },
      PassCase("one addition", pass, expect: ["Add"]) {
        $0.finished(try $0.add($0.input([1, 3, 4, 4]), $0.constant([3, 1, 1])))
      },
      PassCase("terms of rows", pass, expect: ["Add", "Mul"]) {
        let y = try $0.add($0.input([1, 3, 4, 5]), $0.constant([4, 1]))
        return $0.finished(try $0.binary(.multiply, y, $0.constant([4, 1])))
      },
      PassCase("terms of features", pass, expect: ["ChannelAffine"]) {
        let y = try $0.add($0.input([2, 3, 5]), $0.constant([5]))
        return $0.finished(try $0.binary(.multiply, y, $0.constant([5])))
      },
      PassCase("terms along different axes", pass, expect: ["Add", "Add"]) {
        $0.finished(try $0.add(try $0.add($0.input([1, 3, 4, 4]), $0.constant([3, 1, 1])), $0.constant([4])))
      },
    ]
  }()

  static let canonical: [PassCase] = [
    PassCase("batch norm without folding", Passes.canonical, expect: ["Conv", "ChannelAffine", "Relu"]) {
      $0.finished(try $0.relu(try $0.batchNorm(try $0.conv($0.input([1, 3, 4, 4]), 4))))
    }
  ]

  @Test(arguments: [Float(0), Float(bitPattern: 4)])
  func `degenerate variance folds as the formula says`(variance: Float) throws {
    var builder = GraphBuilder()
    let y = try builder.batchNorm(try builder.conv(builder.input([1, 2, 3, 3]), 2), variance: variance)
    let original = builder.finished(y)
    let result = try rewritten(original, by: Passes.fold)
    #expect(summary(result) == ["Conv"])
    try expectSameResults(original, result)
  }

  @Test func `a weight that is not finite names its layer`() throws {
    for passes in [Passes.fold, Passes.canonical] {
      var builder = GraphBuilder()
      let convolution = try builder.conv(builder.input([1, 2, 3, 3]), 2, name: "stem")
      let y = try builder.batchNorm(convolution, epsilon: 0, variance: 0, name: "stem.norm")
      let error = #expect(throws: PassError.self) { try rewritten(builder.finished(y), by: passes) }
      #expect(error?.kind == .malformed)
      #expect(error?.description.contains("'stem") == true)
    }
  }

  @Test func `shared weights are copied`() throws {
    var builder = GraphBuilder()
    let (a, b) = (builder.input([1, 2, 3, 3]), builder.input([1, 2, 3, 3]))
    let weight = builder.constant([2, 2, 1, 1])
    let layer = Convolution(window: Window(kernel: [1, 1]))
    let original = builder.finished(
      try builder.batchNorm(try builder.node(layer, [a, weight])), try builder.node(layer, [b, weight]))
    let result = try rewritten(original, by: Passes.fold)
    #expect(summary(result) == ["Conv", "Conv"])
    try expectSameResults(original, result)
  }

  @Test func `the layer keeps its name and records what it took over`() throws {
    var builder = GraphBuilder()
    let convolution = try builder.conv(builder.input([1, 2, 3, 3]), 2, name: "stem")
    let y = try builder.relu(try builder.batchNorm(convolution, name: "stem.norm"))
    let result = try rewritten(builder.finished(y), by: Passes.fold)
    let node = result[result.nodeIDs[0]]
    #expect(node.name == "stem")
    #expect(node.folded.map(\.operation) == ["BatchNormalization", "Relu"])
    #expect(node.folded.first?.node == "stem.norm")
    #expect(result[node.outputs[0]].name == builder.graph[y].name)
  }
}
