import KilnGraph
import KilnONNX
import Testing

/// What differs between the versions of an operator: each form becomes the same canonical operator.
struct OperatorVersionTests {
  private func only<Operation: Operator & Equatable>(_ graph: Graph, is expected: Operation) throws {
    let ids = graph.nodeIDs
    try #require(ids.count == 1, "\(operators(graph))")
    #expect(graph[ids[0]].operation as? Operation == expected)
  }

  private func scalar(_ name: String, _ value: Float) -> [UInt8] { floats(name, [], [value]) }

  @Test func `softmax`() throws {
    let plain = node("Softmax", ["x"], ["y"])
    try only(importNodes([plain], opset: 13, x: [2, 3, 4]), is: Softmax(axis: 2))
    try only(importNodes([plain], opset: 11, x: [2, 3]), is: Softmax(axis: 1))
    try only(importNodes([plain], opset: 11, x: [2, 3, 1, 1]), is: Softmax(axis: 1))
    let joint = try importNodes([plain], opset: 11, x: [2, 3, 4])
    #expect(operators(joint) == ["Reshape", "Softmax", "Reshape"])
    let sums = try evaluate(joint).doubles()
    #expect(abs(sums[..<12].reduce(0, +) - 1) < 1e-6)
    let logarithm = node("LogSoftmax", ["x"], ["y"], [.int("axis", -2)])
    try only(importNodes([logarithm], opset: 13, x: [2, 3, 4]), is: Softmax(axis: 1, isLogarithmic: true))
  }

  @Test func `clip`() throws {
    let old = node("Clip", ["x"], ["y"], [.float("min", 0), .float("max", 6)])
    try only(importNodes([old], opset: 6), is: Unary(.clip(lower: 0, upper: 6)))
    let bounds = [scalar("lo", 0), scalar("hi", 6)]
    let new = node("Clip", ["x", "lo", "hi"], ["y"])
    try only(importNodes([new], opset: 11, initializers: bounds), is: Unary(.clip(lower: 0, upper: 6)))
    let open = node("Clip", ["x", "", "hi"], ["y"])
    try only(importNodes([open], opset: 13, initializers: bounds), is: Unary(.clip(lower: -.infinity, upper: 6)))
    let graph = graph(
      [node("Clip", ["x", "lo", "hi"], ["y"])],
      inputs: [port("x", DataType.float, [4]), port("lo", DataType.float, []), port("hi", DataType.float, [])],
      outputs: [port("y")])
    #expect(operators(try importModel(model(graph))).map { $0.lowercased() }.allSatisfy { $0.hasPrefix("m") })
  }

  @Test(arguments: [6, 7, 9]) func `upsample`(_ opset: Int) throws {
    let attributes: [TestAttribute] =
      switch opset {
      case 6: [.float("height_scale", 2), .float("width_scale", 3)]
      case 7: [.floats("scales", [1, 1, 2, 3])]
      default: []
      }
    let graph = try importNodes(
      [node("Upsample", opset == 9 ? ["x", "s"] : ["x"], ["y"], attributes)], opset: opset,
      initializers: [floats("s", [4], [1, 1, 2, 3])])
    try only(
      graph,
      is: Resize(
        to: [1, 2, 8, 12], scales: [1, 1, 2, 3], coordinates: .asymmetric, interpolation: .nearest(.byDirection)))
  }

  @Test func `operators that ONNX has removed are refused`() throws {
    let scales = floats("s", [4], [1, 1, 2, 3])
    let bytes = model(
      graph(
        [node("Upsample", ["x", "s"], ["y"], name: "up")], inputs: [port("x", DataType.float, [1, 1, 2, 2])],
        outputs: [port("y")], initializers: [scales]), opset: 10)
    let items = try #require(importError(bytes) as? UnsupportedError).items
    #expect(items.map(\.node) == ["up"])
    #expect(items[0].reason.hasPrefix("ONNX has it up to operator set 9, the model uses 10"))
  }

  @Test func `resize`() throws {
    let operands = [floats("s", [4], [1, 1, 2, 2]), ints("to", [1, 2, 6, 8]), ints("part", [6, 8])]
    func resized(_ opset: Int, _ inputs: [String], _ attributes: [TestAttribute] = []) throws -> Graph {
      try importNodes([node("Resize", inputs, ["y"], attributes)], opset: opset, initializers: operands)
    }
    let doubled = [1, 2, 8, 8]
    let scales: [Float] = [1, 1, 2, 2]
    try only(
      resized(10, ["x", "s"]),
      is: Resize(to: doubled, scales: scales, coordinates: .asymmetric, interpolation: .nearest(.byDirection)))
    try only(
      resized(11, ["x", "", "s"]),
      is: Resize(to: doubled, scales: scales, coordinates: .halfPixel, interpolation: .nearest(.preferFloor)))
    let corners: [TestAttribute] = [
      .string("mode", "linear"), .string("coordinate_transformation_mode", "align_corners"),
    ]
    let target = Resize(
      to: [1, 2, 6, 8], scales: [1, 1, 1.5, 2], coordinates: .alignCorners, interpolation: .linear(antialias: false))
    try only(resized(13, ["x", "", "", "to"], corners), is: target)
    try only(resized(18, ["x", "", "", "part"], corners + [.ints("axes", [2, 3])]), is: target)
    try only(
      resized(
        19, ["x", "", "", "part"], [.ints("axes", [-2, -1]), .string("keep_aspect_ratio_policy", "not_larger")]),
      is: Resize(
        to: [1, 2, 6, 6], scales: [1, 1, 1.5, 1.5], coordinates: .halfPixel, interpolation: .nearest(.preferFloor)))
  }

  @Test func `scales that change no length copy`() throws {
    let graph = try importNodes(
      [node("Resize", ["x", "", "s"], ["y"])], x: [1, 1, 9, 9], initializers: [floats("s", [4], [1, 1, 1.05, 1.1])])
    try only(
      graph,
      is: Resize(
        to: [1, 1, 9, 9], scales: [1, 1, 1, 1], coordinates: .halfPixel, interpolation: .nearest(.preferFloor)))
  }

  @Test func `scales round as in single precision`() throws {
    let graph = try importNodes(
      [node("Resize", ["x", "", "s"], ["y"])], x: [1, 1, 10, 10], initializers: [floats("s", [4], [1, 1, 0.7, 0.7])])
    #expect(graph.type(of: graph.outputs[0].value).shape == [1, 1, 7, 7])
  }

  private static let statistics = ["scale", "bias", "mean", "variance"].map { floats($0, [2], [1, 2]) }
  private static let normalized = ["x", "scale", "bias", "mean", "variance"]

  @Test(arguments: [6, 7, 9, 14, 15]) func `batch normalization`(_ opset: Int) throws {
    let graph = try importNodes(
      [node("BatchNormalization", Self.normalized, ["y"], [.float("epsilon", 0.5)])], opset: opset,
      initializers: Self.statistics)
    try only(graph, is: BatchNormalization(epsilon: 0.5))
  }

  @Test func `batch normalization that trains`() throws {
    let training = [
      (14, node("BatchNormalization", Self.normalized, ["y"], [.int("training_mode", 1), .float("epsilon", 0)])),
      (9, node("BatchNormalization", Self.normalized, ["y", "m", "v"], [.float("epsilon", 0)])),
    ]
    for (opset, node) in training {
      let graph = try importNodes([node], opset: opset, x: [2, 2], initializers: Self.statistics)
      #expect(try evaluate(graph, x: [1, 4, 3, 8]).floats() == [0, 0, 2, 4])
    }
  }

  @Test func `batch normalization of each element`() throws {
    let values: [(String, [Float])] = [("scale", [2, 2]), ("bias", [1, 5]), ("mean", [3, 0]), ("variance", [4, 1])]
    let graph = try importNodes(
      [node("BatchNormalization", Self.normalized, ["y"], [.int("spatial", 0), .float("epsilon", 0)])], opset: 7,
      x: [1, 1, 2], initializers: values.map { floats($0, [1, 2], $1) })
    #expect(try evaluate(graph, x: [5, 7]).floats() == [3, 19])
  }

  @Test func `broadcasting along an axis`() throws {
    let channels = floats("c", [2], [10, 20])
    let old = try importNodes(
      [node("Add", ["x", "c"], ["y"], [.int("broadcast", 1), .int("axis", 1)])], opset: 6, x: [1, 2, 2],
      initializers: [channels])
    #expect(try evaluate(old).floats() == [10, 11, 22, 23])
    let new = try importNodes([node("Add", ["x", "c"], ["y"])], opset: 7, x: [1, 2, 2], initializers: [channels])
    #expect(try evaluate(new).floats() == [10, 21, 12, 23])
  }

  @Test func `dropout`() throws {
    let initializers = [scalar("ratio", 0.5), tensor("training", DataType.bool, []) { $0.bytes(9, [1]) }]
    for (opset, inputs) in [(6, ["x"]), (7, ["x"]), (10, ["x"]), (12, ["x", "ratio"]), (22, ["x", "ratio"])] {
      let graph = try importNodes([node("Dropout", inputs, ["y"])], opset: opset, initializers: initializers)
      #expect(graph.nodeIDs.isEmpty)
    }
    let masks = [(7, DataType.float, ScalarType.float32), (12, DataType.bool, .bool)]
    for (opset, type, scalar) in masks {
      let graph = try importNodes(
        [node("Dropout", ["x"], ["d", "y"])], opset: opset, x: [3], initializers: [], outputType: type)
      let mask = try #require(graph.constant(graph.outputs[0].value))
      #expect(mask.scalar == scalar && mask.integers() == [1, 1, 1])
    }
    #expect(throws: UnsupportedError.self) {
      try importNodes([node("Dropout", ["x", "ratio", "training"], ["y"])], initializers: initializers)
    }
  }

  @Test func `pad`() throws {
    let expected = Pad(begin: [0, 0, 1, 0], end: [0, 0, 0, 2], mode: .constant(3))
    let pads = [0, 0, 1, 0, 0, 0, 0, 2]
    let old = node("Pad", ["x"], ["y"], [.ints("pads", pads), .float("value", 3)])
    try only(importNodes([old], opset: 6), is: expected)
    let operands = [ints("p", pads), scalar("v", 3), ints("some", [1, 0, 0, 2]), ints("axes", [2, -1])]
    try only(importNodes([node("Pad", ["x", "p", "v"], ["y"])], opset: 11, initializers: operands), is: expected)
    let some = node("Pad", ["x", "some", "v", "axes"], ["y"])
    try only(importNodes([some], opset: 18, initializers: operands), is: expected)
  }

  @Test func `squeeze and unsqueeze`() throws {
    let axes = [ints("a", [-1, 0])]
    for (opset, type, x, expected) in [
      (6, "Squeeze", [1, 3, 1], [3]), (13, "Squeeze", [1, 3, 1], [3]),
      (6, "Unsqueeze", [3], [1, 3, 1]), (13, "Unsqueeze", [3], [1, 3, 1]),
    ] {
      let node =
        opset < 13
        ? node(type, ["x"], ["y"], [.ints("axes", [0, x.count == 1 ? 2 : -1])]) : node(type, ["x", "a"], ["y"])
      try only(importNodes([node], opset: opset, x: x, initializers: axes), is: Reshape(to: expected))
    }
    try only(importNodes([node("Squeeze", ["x"], ["y"])], x: [1, 3, 1]), is: Reshape(to: [3]))
    #expect(throws: ModelError.self) {
      try importNodes([node("Squeeze", ["x", "a"], ["y"])], x: [3], initializers: axes)
    }
  }

  @Test func `reshape`() throws {
    for (wanted, allowZero, expected) in [
      ([0, -1], false, [2, 12]), ([-1], false, [24]), ([4, 0, 2], false, [4, 3, 2]), ([24, 1], true, [24, 1]),
    ] {
      let attributes: [TestAttribute] = allowZero ? [.int("allowzero", 1)] : []
      let graph = try importNodes(
        [node("Reshape", ["x", "s"], ["y"], attributes)], x: [2, 3, 4], initializers: [ints("s", wanted)])
      try only(graph, is: Reshape(to: expected))
    }
    for wrong in [[5, -1], [-1, -1], [-2], [1, 2, 3, 0], [25]] {
      #expect(throws: ModelError.self) {
        try importNodes([node("Reshape", ["x", "s"], ["y"])], x: [2, 3, 4], initializers: [ints("s", wrong)])
      }
    }
  }

  @Test func `split makes slices`() throws {
    func parts(_ opset: Int, _ inputs: [String], _ outputs: Int, _ attributes: [TestAttribute]) throws -> [[Int]] {
      let names = (0..<outputs).map { "y\($0)" }
      let graph = try importModel(
        model(
          graph(
            [node("Split", inputs, names, attributes)], inputs: [port("x", DataType.float, [7])],
            outputs: names.map { port($0) }, initializers: [ints("s", [2, 5])]), opset: opset))
      return graph.nodeIDs.compactMap { (graph[$0].operation as? Slice).map { $0.starts + $0.counts } }
    }
    #expect(try parts(11, ["x"], 2, [.ints("split", [2, 5])]) == [[0, 2], [2, 5]])
    #expect(try parts(13, ["x", "s"], 2, []) == [[0, 2], [2, 5]])
    #expect(try parts(18, ["x"], 3, [.int("num_outputs", 3)]) == [[0, 3], [3, 3], [6, 1]])
    #expect(throws: ModelError.self) { try parts(13, ["x"], 2, []) }
  }

  @Test(arguments: [
    ([0], [4], [1], [0, 4, 1]), ([-3], [-1], [1], [1, 2, 1]), ([1], [.max], [2], [1, 2, 2]),
    ([.max], [.min], [-1], [3, 4, -1]), ([-1], [-100], [-2], [3, 2, -2]), ([3], [1], [1], [0, 0, 1]),
    ([0], [100], [.max], [0, 1, 5]), ([100], [0], [.min], [3, 1, -5]),
  ])
  func `slice`(_ starts: [Int], _ ends: [Int], _ steps: [Int], _ expected: [Int]) throws {
    let operands = [ints("s", starts), ints("e", ends), ints("a", [0]), ints("p", steps)]
    let graph = try importNodes([node("Slice", ["x", "s", "e", "a", "p"], ["y"])], x: [4], initializers: operands)
    if expected == [0, 4, 1] {
      #expect(graph.nodeIDs.isEmpty)
    } else {
      try only(graph, is: Slice(starts: [expected[0]], counts: [expected[1]], steps: [expected[2]]))
    }
    guard steps == [1] else { return }
    let old = node("Slice", ["x"], ["y"], [.ints("starts", starts), .ints("ends", ends)])
    #expect(operators(try importNodes([old], opset: 9, x: [4])) == operators(graph))
  }

  @Test func `reductions`() throws {
    let axes = [ints("a", [-1])]
    let expected = Reduction(.sum, axes: [2], keepsAxes: false)
    let attributes: [TestAttribute] = [.int("keepdims", 0), .ints("axes", [-1])]
    try only(importNodes([node("ReduceSum", ["x"], ["y"], attributes)], opset: 11, x: [2, 3, 4]), is: expected)
    let operand = node("ReduceSum", ["x", "a"], ["y"], [.int("keepdims", 0)])
    try only(importNodes([operand], opset: 13, x: [2, 3, 4], initializers: axes), is: expected)
    let mean = Reduction(.mean, axes: [2], keepsAxes: true)
    try only(importNodes([node("ReduceMean", ["x"], ["y"], [.ints("axes", [2])])], opset: 13, x: [2, 3, 4]), is: mean)
    try only(
      importNodes([node("ReduceMean", ["x", "a"], ["y"])], opset: 18, x: [2, 3, 4], initializers: axes), is: mean)
    let nothing = node("ReduceMean", ["x"], ["y"], [.int("noop_with_empty_axes", 1)])
    #expect(try importNodes([nothing], opset: 18).nodeIDs.isEmpty)
  }

  @Test func `automatic padding`() throws {
    let weight = [floats("w", [1, 1, 3, 2], [Float](repeating: 1, count: 6))]
    for (mode, begin, end) in [
      ("SAME_UPPER", [0, 0], [1, 1]), ("SAME_LOWER", [1, 1], [0, 0]), ("VALID", [0, 0], [0, 0]),
    ] {
      let graph = try importNodes(
        [node("Conv", ["x", "w"], ["y"], [.string("auto_pad", mode), .ints("strides", [2, 1])])], x: [1, 1, 4, 4],
        initializers: weight)
      let window = Window(kernel: [3, 2], strides: [2, 1], padBegin: begin, padEnd: end)
      try only(graph, is: Convolution(window: window))
    }
  }

  @Test func `transposed convolution of a wanted shape`() throws {
    let weight = [floats("w", [1, 1, 3, 3], [Float](repeating: 1, count: 9))]
    let strides = TestAttribute.ints("strides", [2, 2])
    for (attributes, begin, end) in [
      ([TestAttribute.ints("output_shape", [8, 8])], [1, 1], [0, 0]),
      ([.ints("output_shape", [1, 1, 8, 8])], [1, 1], [0, 0]),
      ([.string("auto_pad", "SAME_UPPER")], [0, 0], [1, 1]),
      ([.string("auto_pad", "SAME_LOWER")], [1, 1], [0, 0]),
      ([.ints("pads", [1, 1, 0, 0])], [1, 1], [0, 0]),
    ] {
      let graph = try importNodes(
        [node("ConvTranspose", ["x", "w"], ["y"], [strides] + attributes)], x: [1, 1, 4, 4], initializers: weight)
      let window = Window(kernel: [3, 3], strides: [2, 2], padBegin: begin, padEnd: end)
      try only(graph, is: TransposedConvolution(window: window))
      #expect(graph.type(of: graph.outputs[0].value).shape == [1, 1, 8, 8])
    }
  }

  @Test func `gemm`() throws {
    let operands = [
      floats("b", [2, 3], [1, 2, 3, 4, 5, 6]), floats("bT", [3, 2], [1, 4, 2, 5, 3, 6]),
      floats("c", [1, 3], [1, 1, 2]),
      floats("column", [2, 1], [10, 20]), floats("one", [], [1]),
    ]
    func product(_ inputs: [String], _ attributes: [TestAttribute] = [], x: [Int] = [1, 2]) throws -> Graph {
      try importNodes([node("Gemm", inputs, ["y"], attributes)], x: x, initializers: operands)
    }
    let plain = try product(["x", "b", "c"])
    #expect(operators(plain) == ["Linear"])
    #expect(try evaluate(plain, x: [1, 1]).floats() == [6, 8, 11])
    let transposed = try product(["x", "bT", "one"], [.int("transB", 1), .float("alpha", 2), .float("beta", 3)])
    #expect(operators(transposed) == ["Linear"])
    #expect(try evaluate(transposed, x: [1, 1]).floats() == [13, 17, 21])
    let column = try product(["x", "b", "column"], x: [2, 2])
    #expect(try evaluate(column, x: [1, 1, 0, 0]).floats() == [15, 17, 19, 20, 20, 20])
    let flipped = try product(["x", "b"], [.int("transA", 1)], x: [2, 1])
    #expect(try evaluate(flipped, x: [1, 1]).floats() == [5, 7, 9])
    let computed = try importNodes(
      [node("Abs", ["x"], ["b"]), node("Gemm", ["x", "b", "c"], ["y"], [.float("alpha", 2), .float("beta", 0.5)])],
      x: [2, 2], initializers: [floats("c", [2], [2, 4])])
    #expect(try evaluate(computed, x: [1, 2, 3, 4]).floats() == [15, 22, 31, 46])
  }

  @Test func `matrix products by constants are linear`() throws {
    let weight = [floats("w", [2, 3], [1, 2, 3, 4, 5, 6])]
    let graph = try importNodes([node("MatMul", ["x", "w"], ["y"])], x: [1, 1, 2], initializers: weight)
    #expect(operators(graph) == ["Linear"])
    #expect(try evaluate(graph, x: [1, 1]).floats() == [5, 7, 9])
  }

  @Test func `chains`() throws {
    let operands = [floats("a", [2], [5, -5]), floats("b", [1], [1])]
    for (type, expected) in [("Sum", [6, -3] as [Float]), ("Max", [5, 1]), ("Min", [0, -5]), ("Mean", [2, -1])] {
      let graph = try importNodes([node(type, ["x", "a", "b"], ["y"])], x: [2], initializers: operands)
      #expect(try evaluate(graph).floats() == expected)
      #expect(graph[graph.outputs[0].value].name == "y")
    }
    for type in ["Sum", "Max", "Min", "Mean"] {
      #expect(try importNodes([node(type, ["x"], ["y"])]).nodeIDs.isEmpty)
    }
  }

  @Test func `slopes of old parametric ReLUs belong to channels`() throws {
    let slope = [floats("s", [2], [0.5, 0.25])]
    let old = try importNodes([node("PRelu", ["x", "s"], ["y"])], opset: 6, x: [1, 2, 2], initializers: slope)
    #expect(try evaluate(old, x: [-4, -8, -4, -8]).floats() == [-2, -4, -1, -2])
    let new = try importNodes([node("PRelu", ["x", "s"], ["y"])], opset: 9, x: [1, 2, 2], initializers: slope)
    #expect(try evaluate(new, x: [-4, -8, -4, -8]).floats() == [-2, -2, -2, -2])
  }

  @Test func `ranges and diagonals`() throws {
    let operands = [ints("a", [1], shape: []), ints("b", [8], shape: []), ints("d", [3], shape: [])]
    let range = try importNodes(
      [node("Range", ["a", "b", "d"], ["y"])], initializers: operands, outputType: DataType.int64)
    #expect(range.constant(range.outputs[0].value)?.integers() == [1, 4, 7])
    let eye = try importNodes([node("EyeLike", ["x"], ["y"], [.int("k", 1)])], x: [2, 3])
    #expect(eye.constant(eye.outputs[0].value)?.floats() == [0, 1, 0, 0, 0, 1])
  }

  @Test func `quantized networks of ONNX Runtime`() throws {
    let operands = [
      scalar("s", 0.5), scalar("r", 1), tensor("z", DataType.int8, []) { $0.int(5, 2) },
      tensor("w", DataType.int8, [3]) { $0.packed(5, [4, 6, 126]) },
    ]
    let network = graph(
      [node("QLinearAdd", ["x", "s", "z", "w", "s", "z", "r", "z"], ["y"], domain: "com.microsoft")],
      inputs: [port("x", DataType.int8, [3])], outputs: [port("y", DataType.int8)], initializers: operands)
    let imported = try importModel(model(network, domains: [("com.microsoft", 1)]))
    // (x - 2) / 2 + (w - 2) / 2, rounded to even, + 2.
    #expect(try evaluate(imported, x: [2, 5, 127]).integers() == [3, 6, 126])
  }
}
