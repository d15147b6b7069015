import Testing

@testable import KilnGraph
@testable import KilnPasses

/// Multiply-adds, activations and residuals that find their layer across what lies between.
struct FoldAcrossTests {
  @Test(arguments: backward) func `folds backwards`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: forward) func `folds forwards`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: epilogues) func `fuses across rearrangements`(_ row: PassCase) throws { try row.check() }

  /// The first two of an image's four channels, and the others.
  private static func halves(of image: ValueID, _ builder: inout GraphBuilder) throws -> (ValueID, ValueID) {
    let counts = [1, 2, 2, 2]
    let first = try builder.node(Slice(starts: [0, 0, 0, 0], counts: counts), [image])
    return (first, try builder.node(Slice(starts: [0, 2, 0, 0], counts: counts), [image]))
  }

  static let backward: [PassCase] = {
    let pass: [any Pass] = [FoldAffineBackward()]
    return [
      PassCase("multiply-adds before and after a reshape", pass, expect: ["Linear", "Reshape"]) {
        let y = try $0.binary(.multiply, try $0.linear($0.input([2, 3, 5]), 4), $0.constant([4]))
        let flat = try $0.node(Reshape(to: [6, 4]), [y])
        return $0.finished(try $0.batchNorm(flat))
      },
      PassCase("chain after a transposition", pass, expect: ["Conv", "Transpose"]) {
        let y = try $0.node(Transpose([0, 2, 3, 1]), [try $0.conv($0.input([1, 3, 4, 4]), 4)])
        let scaled = try $0.binary(.divide, y, $0.constant([4]) { $0 + 2 })
        return $0.finished(try $0.unary(.negate, try $0.add($0.constant([4]), scaled)))
      },
      PassCase("a layer whose weight has the inputs first", pass, expect: ["Linear", "Reshape"]) {
        let y = try $0.linear($0.input([2, 3, 5]), 4, .inputFirst)
        return $0.finished(try $0.batchNorm(try $0.node(Reshape(to: [6, 4]), [y])))
      },
      PassCase("a grouped transposed convolution", pass, expect: ["ConvTranspose", "Reshape"]) {
        let y = try $0.transposedConv($0.input([1, 4, 3, 3]), 6, groups: 2)
        return $0.finished(try $0.batchNorm(try $0.node(Reshape(to: [1, 6, 36]), [y])))
      },
      PassCase("factors that repeat over a batch", pass, expect: ["Conv", "Reshape"]) {
        let y = try $0.node(Reshape(to: [1, 6, 4, 4]), [try $0.conv($0.input([2, 3, 4, 4]), 3, kernel: 1)])
        let terms = $0.tensor([3])
        let twice = $0.graph.addConstant("twice", Tensor(shape: [6, 1, 1], floats: terms.floats() + terms.floats()))
        return $0.finished(try $0.binary(.multiply, y, twice))
      },
      PassCase("factors that differ over a batch", pass, expect: ["Conv", "Reshape", "Mul"]) {
        let y = try $0.node(Reshape(to: [1, 6, 4, 4]), [try $0.conv($0.input([2, 3, 4, 4]), 3, kernel: 1)])
        return $0.finished(try $0.binary(.multiply, y, $0.constant([6, 1, 1])))
      },
      PassCase("one of two readers of a layer through slices", pass, expect: ["Conv", "Slice", "Slice", "Relu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 5)
        let first = try $0.node(Slice(starts: [0, 0, 0, 0], counts: [1, 2, 2, 2]), [y])
        let second = try $0.node(Slice(starts: [0, 2, 0, 0], counts: [1, 3, 2, 2]), [y])
        return $0.finished(try $0.batchNorm(first), try $0.relu(second))
      },
      PassCase("a slice beside another reader", pass, expect: ["Conv", "Slice", "BatchNormalization", "Relu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 5)
        let first = try $0.node(Slice(starts: [0, 0, 0, 0], counts: [1, 2, 2, 2]), [y])
        return $0.finished(try $0.batchNorm(first), try $0.relu(y))
      },
      PassCase(
        "both slices of one layer in one sum", pass, expect: ["Conv", "Slice", "Slice", "Add", "BatchNormalization"]
      ) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        let (first, second) = try halves(of: y, &$0)
        return $0.finished(try $0.batchNorm(try $0.add(first, second)))
      },
      PassCase("rows of a layer that nobody else reads", pass, expect: ["Conv", "Slice"]) {
        let y = try $0.conv($0.input([1, 3, 6, 4]), 4, kernel: 1)
        let rows = try $0.node(Slice(starts: [0, 0, 4, 0], counts: [1, 4, 2, 4], steps: [1, 1, -2, 1]), [y])
        return $0.finished(try $0.batchNorm(rows))
      },
      PassCase("a product of matrices, the second a layer", pass, expect: ["Linear", "Transpose", "MatMul"]) {
        let keys = try $0.node(Transpose([1, 0]), [try $0.linear($0.input([3, 5]), 4)])
        let product = try $0.node(MatMul(), [$0.input([2, 4]), keys])
        return $0.finished(try $0.binary(.multiply, product, $0.scalar(0.25)))
      },
      PassCase("a product of matrices, scaled by columns", pass, expect: ["Linear", "MatMul", "Mul"]) {
        let product = try $0.node(MatMul(), [try $0.linear($0.input([3, 5]), 4), $0.input([4, 2])])
        return $0.finished(try $0.binary(.multiply, product, $0.constant([2])))
      },
      PassCase("a mean of reduced pixels, without their axes", pass, expect: ["Conv", "ReduceMean"]) {
        let y = try $0.conv($0.input([2, 3, 4, 4]), 4)
        return $0.finished(try $0.batchNorm(try $0.node(Reduction(.mean, axes: [2, 3], keepsAxes: false), [y])))
      },
      PassCase("a maximum of channels, one positive factor for all", pass, expect: ["Conv", "ReduceMax"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.batchNorm(try $0.node(Reduction(.maximum, axes: [1], keepsAxes: true), [y])))
      },
      PassCase("a copied border, and a mirrored one", pass, expect: ["Conv", "Pad", "Pad"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        let edge = try $0.node(Pad(begin: [0, 0, 1, 0], end: [0, 0, 0, 1], mode: .edge), [y])
        return $0.finished(
          try $0.batchNorm(try $0.node(Pad(begin: [0, 0, 1, 1], end: [0, 0, 1, 1], mode: .reflect), [edge])))
      },
      PassCase("copied channels", pass, expect: ["Conv", "Pad", "BatchNormalization"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(
          try $0.batchNorm(try $0.node(Pad(begin: [0, 1, 0, 0], end: [0, 0, 0, 0], mode: .edge), [y])))
      },
      PassCase("a reshaped group normalisation", pass, expect: ["GroupNormalization", "Reshape"]) {
        let terms = [$0.constant([4]), $0.constant([4])]
        let y = try $0.node(GroupNormalization(groups: 2, epsilon: 1e-5), [$0.input([2, 4, 3, 3])] + terms)
        return $0.finished(try $0.batchNorm(try $0.node(Reshape(to: [2, 4, 9]), [y])))
      },
      PassCase("a difference from what no layer computes", pass, expect: ["Relu", "Sub"]) {
        let x = $0.input([1, 3, 4, 4])
        return $0.finished(try $0.binary(.subtract, x, try $0.relu(x)))
      },
      PassCase("a difference of a layer and its reader", pass, expect: ["Conv", "Relu", "Sub"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.binary(.subtract, try $0.relu(y), y))
      },
    ]
  }()

  static let forward: [PassCase] = {
    let pass: [any Pass] = [FoldAffineForward()]
    return [
      PassCase("flatten", pass, expect: ["Reshape", "Linear"]) {
        let flat = try $0.node(Reshape(to: [2, 12]), [try $0.batchNorm($0.input([2, 3, 2, 2]))])
        return $0.finished(try $0.linear(flat, 4))
      },
      PassCase("two readers across different views", pass, expect: ["Reshape", "Linear", "Slice", "Conv"]) {
        let x = try $0.batchNorm($0.input([2, 3, 2, 2]))
        let flat = try $0.linear(try $0.node(Reshape(to: [2, 12]), [x]), 4)
        let part = try $0.node(Slice(starts: [0, 1, 0, 0], counts: [2, 2, 2, 2]), [x])
        return $0.finished(flat, try $0.conv(part, 4, kernel: 1))
      },
      PassCase("one reader is a result", pass, expect: ["BatchNormalization", "Reshape", "Linear"]) {
        let flat = try $0.node(Reshape(to: [2, 12]), [try $0.batchNorm($0.input([2, 3, 2, 2]))])
        return $0.finished(try $0.linear(flat, 4), flat)
      },
      PassCase("one value twice in a concatenation", pass, expect: ["BatchNormalization", "Concat", "Conv"]) {
        let x = try $0.batchNorm($0.input([1, 3, 2, 2]))
        return $0.finished(try $0.conv(try $0.node(Concat(axis: 1), [x, x]), 4, kernel: 1))
      },
      PassCase(
        "two ways to one layer", pass, expect: ["BatchNormalization", "Slice", "Slice", "Concat", "Conv"]
      ) {
        let (first, second) = try halves(of: try $0.batchNorm($0.input([1, 4, 2, 2])), &$0)
        return $0.finished(try $0.conv(try $0.node(Concat(axis: 1), [second, first]), 4, kernel: 1))
      },
      PassCase("both parts of a concatenation", pass, expect: ["Relu", "Concat", "Conv"]) {
        let x = $0.input([1, 3, 2, 2])
        let parts = [try $0.batchNorm(x), try $0.binary(.multiply, try $0.relu(x), $0.constant([3, 1, 1]))]
        return $0.finished(try $0.conv(try $0.node(Concat(axis: 1), parts), 4, kernel: 1))
      },
      PassCase("rows joined, of which some are scaled", pass, expect: ["Mul", "Concat", "Conv"]) {
        let x = $0.input([1, 3, 2, 2])
        let rows = [try $0.binary(.multiply, x, $0.constant([3, 1, 1])), x]
        return $0.finished(try $0.conv(try $0.node(Concat(axis: 2), rows), 4, kernel: 1))
      },
      PassCase("a mean over the channels", pass, expect: ["BatchNormalization", "ReduceMean", "Conv"]) {
        let x = try $0.batchNorm($0.input([1, 3, 2, 2]))
        return $0.finished(try $0.conv(try $0.node(Reduction(.mean, axes: [1], keepsAxes: true), [x]), 4, kernel: 1))
      },
    ]
  }()

  static let epilogues: [PassCase] = [
    PassCase(
      "activation of a transposed part", [FuseActivationsBackward()],
      expect: ["Conv+Relu", "Transpose", "Conv+Relu", "Concat"]
    ) {
      let x = $0.input([1, 3, 4, 4])
      let turned = try $0.node(Transpose([0, 1, 3, 2]), [try $0.conv(x, 2, kernel: 1)])
      return $0.finished(try $0.relu(try $0.node(Concat(axis: 1), [try $0.conv(x, 3, kernel: 1), turned])))
    },
    PassCase(
      "activation of parts, one without a layer", [FuseActivationsBackward()], expect: ["Conv+Tanh", "Tanh", "Concat"]
    ) {
      let x = $0.input([1, 3, 4, 4])
      let joined = try $0.node(Concat(axis: 1), [try $0.conv(x, 3, kernel: 1), x, $0.constant([1, 2, 4, 4])])
      return $0.finished(try $0.unary(.tanh, joined))
    },
    PassCase(
      "activation of a layer that has one", [FuseActivations(), FuseActivationsBackward()],
      expect: ["Conv+Relu", "Reshape", "Tanh"]
    ) {
      let y = try $0.relu(try $0.conv($0.input([1, 3, 4, 4]), 4))
      return $0.finished(try $0.unary(.tanh, try $0.node(Reshape(to: [4, 4]), [y])))
    },
    PassCase(
      "activation of one of two readers", [FuseActivationsBackward()], expect: ["Conv", "Reshape", "Relu", "Tanh"]
    ) {
      let y = try $0.node(Reshape(to: [4, 4]), [try $0.conv($0.input([1, 3, 4, 4]), 4)])
      return $0.finished(try $0.relu(y), try $0.unary(.tanh, y))
    },
    PassCase(
      "residual of joined layers with activations", [FuseActivations(), FuseResidualsBackward()],
      expect: [
        "Slice", "Conv+Relu+add", "Slice", "Conv+add", "Concat",
      ]
    ) {
      let x = $0.input([1, 5, 4, 4])
      let parts = [try $0.relu(try $0.conv(x, 2, kernel: 1)), try $0.conv(x, 3, kernel: 1)]
      return $0.finished(try $0.add(x, try $0.node(Concat(axis: 1), parts)))
    },
    PassCase(
      "residual of a reshaped linear layer", [FuseResidualsBackward()], expect: ["Reshape", "Linear+add", "Reshape"]
    ) {
      let y = try $0.node(Reshape(to: [2, 3, 4]), [try $0.linear($0.input([6, 5]), 4)])
      return $0.finished(try $0.add(y, $0.input([2, 3, 4])))
    },
    PassCase("residual of joined rows", [FuseResidualsBackward()], expect: ["Conv", "Conv", "Concat", "Add"]) {
      let x = $0.input([1, 3, 4, 4])
      let rows = try $0.node(Concat(axis: 2), [try $0.conv(x, 3, kernel: 1), try $0.conv(x, 3, kernel: 1)])
      return $0.finished(try $0.add(rows, $0.input([1, 3, 8, 4])))
    },
    PassCase(
      "normalisation with residual and activation", [FuseActivations(), FuseResiduals(), FuseActivations()],
      expect: ["GroupNormalization+add+Relu"]
    ) {
      let terms = [$0.constant([4]), $0.constant([4])]
      let y = try $0.node(GroupNormalization(groups: 2, epsilon: 1e-5), [$0.input([2, 4, 3, 3])] + terms)
      return $0.finished(try $0.relu(try $0.add(y, $0.input([2, 4, 3, 3]))))
    },
    PassCase(
      "layer normalisation with an activation, then a residual", [FuseActivations(), FuseResiduals()],
      expect: ["LayerNormalization+Gelu+add"]
    ) {
      let y = try $0.node(LayerNormalization(axis: 1, epsilon: 1e-5), [$0.input([2, 4]), $0.constant([4])])
      return $0.finished(try $0.add(try $0.unary(.gelu(approximate: false), y), $0.input([2, 4])))
    },
    PassCase("normalisation with slopes", [FuseActivations()], expect: ["GroupNormalization", "PRelu"]) {
      let terms = [$0.constant([4]), $0.constant([4])]
      let y = try $0.node(GroupNormalization(groups: 2, epsilon: 1e-5), [$0.input([2, 4, 3, 3])] + terms)
      return $0.finished(try $0.binary(.parametricReLU, y, $0.constant([4, 1, 1])))
    },
  ]

  /// Random views between a layer and a multiply-add, and between a multiply-add and a layer.
  @Test func `whatever the views, results stay`() throws {
    var builder = GraphBuilder()
    var foldedCount = 0
    for _ in 0..<300 {
      let original = try Self.randomViews(&builder)
      let result = try rewritten(original, by: [FoldAffineBackward(), FoldAffineForward()])
      foldedCount += summary(result).contains("ChannelAffine") ? 0 : 1
      try expectSameResults(original, result)
    }
    #expect((100..<300).contains(foldedCount), "\(foldedCount) of 300 fold")
  }

  /// A linear layer or a relu, three views, a multiply-add along a random axis, and one more view and layer.
  private static func randomViews(_ builder: inout GraphBuilder) throws -> Graph {
    builder.graph = Graph(name: "views")
    func choice(_ count: Int) -> Int { Int((builder.number() + 1) * 1e6) % count }
    var y = builder.input([2, 3, 4])
    y = choice(4) == 0 ? try builder.relu(y) : try builder.linear(y, [4, 6, 8][choice(3)])
    func view(_ y: ValueID) throws -> ValueID {
      var shape = builder.graph.type(of: y).shape
      if choice(2) == 0, shape.count > 1 {
        var order = Array(shape.indices)
        order.swapAt(choice(order.count), choice(order.count))
        return try builder.node(Transpose(order), [y])
      }
      let axis = choice(shape.count)
      if choice(2) == 0, shape[axis] % 2 == 0 {
        shape.replaceSubrange(axis...axis, with: [2, shape[axis] / 2])
      } else if axis + 1 < shape.count {
        shape.replaceSubrange(axis...axis + 1, with: [shape[axis] * shape[axis + 1]])
      }
      return try builder.node(Reshape(to: shape), [y])
    }
    for _ in 0..<3 { y = try view(y) }
    let shape = builder.graph.type(of: y).shape
    let axis = choice(shape.count)
    let terms = [builder.constant([shape[axis]]), builder.constant([shape[axis]])]
    y = try builder.node(ChannelAffine(axis: axis), [y] + terms)
    y = try view(y)
    if choice(2) == 0 { y = try builder.linear(y, 3) }
    return builder.finished(y)
  }

  @Test func `a value under its own name holds what it did`() throws {
    var builder = GraphBuilder()
    let x = builder.input([1, 4, 3, 3])
    let parts = [try builder.conv(x, 2, kernel: 1, name: "first"), try builder.conv(x, 3, kernel: 1, name: "second")]
    let joined = try builder.node(Concat(axis: 1), parts, name: "joined")
    let y = try builder.relu(try builder.batchNorm(joined, name: "norm"))
    let original = builder.finished(y)
    var result = try rewritten(original, by: Passes.fold)
    let names = Set(original.nodeIDs.flatMap { original[$0].outputs }.map { original[$0].name })
    var kept: [String: ValueID] = [:]
    for id in result.nodeIDs.flatMap({ result[$0].outputs }) where names.contains(result[id].name) {
      kept[result[id].name] = id
    }
    #expect(kept[original[y].name] != nil)
    for (name, value) in kept { result.addOutput("check.\(name)", value) }
    let inputs = seededInputs(original)
    let values = try Interpreter(result).run(inputs)
    for (output, tensor) in zip(result.outputs, values).dropFirst() {
      var asked = original
      let name = result[output.value].name
      let same = try #require(asked.nodeIDs.flatMap { asked[$0].outputs }.first { asked[$0].name == name })
      asked.addOutput("asked", same)
      #expect(relativeError(try Interpreter(asked).run(inputs)[1], tensor) < 1e-5)
    }
    let convolutions = result.nodeIDs.filter { result[$0].operation is Convolution }.map { result[$0] }
    #expect(convolutions.map(\.name) == ["first", "second"])
    #expect(convolutions.allSatisfy { $0.folded.map(\.operation) == ["BatchNormalization", "Relu"] })
  }

  @Test func `weights that two layers share are copied`() throws {
    var builder = GraphBuilder()
    let weight = builder.constant([2, 3, 1, 1])
    let layer = Convolution(window: Window(kernel: [1, 1]))
    let parts = try [builder.input([1, 3, 4, 4]), builder.input([1, 3, 4, 4])].map {
      try builder.node(layer, [$0, weight])
    }
    let original = builder.finished(try builder.batchNorm(try builder.node(Concat(axis: 1), parts)))
    let result = try rewritten(original, by: Passes.fold)
    #expect(summary(result) == ["Conv", "Conv", "Concat"])
    try expectSameResults(original, result)
  }

  @Test func `a weight that is not finite names its layer`() throws {
    var builder = GraphBuilder()
    let flat = try builder.node(Reshape(to: [6, 4]), [try builder.linear(builder.input([2, 3, 5]), 4)])
    let y = try builder.batchNorm(flat, epsilon: 0, variance: 0)
    let error = #expect(throws: PassError.self) { try rewritten(builder.finished(y), by: Passes.fold) }
    #expect(error?.kind == .malformed)
    #expect(error?.description.contains("'Linear") == true)
  }
}
