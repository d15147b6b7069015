import KilnGraph
import Testing

@testable import KilnONNX

/// What the importer makes of names, inputs, constants, functions and branches.
struct ImportTests {
  private let output = [port("y")]

  @Test func `unsupported things are listed together`() throws {
    let nodes = [
      node("Multinomial", ["x"], ["a"], name: "dice"), node("Relu", ["a"], ["b"]),
      node("Frobnicate", ["b"], ["c"], domain: "org.example"), node("NonZero", ["x"], ["d"]),
      node("Add", ["c", "x"], ["y"]),
    ]
    let graph = graph(nodes, inputs: [port("x", DataType.float, [1, 2])], outputs: output)
    let items = try #require(importError(model(graph)) as? UnsupportedError).items
    #expect(items.map(\.node) == ["dice", "Frobnicate_2", "NonZero_3"])
    #expect(items.map(\.operation) == ["Multinomial", "org.example.Frobnicate", "NonZero"])
    let known = [TensorType(.float32, [1, 2])]
    #expect(items.map(\.inputs) == [known, [], known])
    #expect(items.allSatisfy { !$0.reason.isEmpty })
  }

  @Test(arguments: [5, 29, 99]) func `other operator sets are unsupported`(_ opset: Int) throws {
    let graph = graph([node("Abs", ["x"], ["y"])], inputs: [port("x", DataType.float, [1])], outputs: output)
    let items = try #require(importError(model(graph, opset: opset)) as? UnsupportedError).items
    #expect(items.map(\.operation) == ["opset \(opset)"])
  }

  @Test func `shapes computed at run time are unsupported`() throws {
    let inputs = [port("x", DataType.float, [4]), port("s", DataType.int64, [2])]
    let reshape = graph([node("Reshape", ["x", "s"], ["y"])], inputs: inputs, outputs: output)
    let items = try #require(importError(model(reshape)) as? UnsupportedError).items
    #expect(items[0].reason.contains("its shape 's' is computed at run time;"))
  }

  @Test func `what computes a size is named`() throws {
    let inputs = [port("x", DataType.float, [1, 1, 4, 4]), port("s", DataType.int64, [4])]
    let nodes = [node("Abs", ["s"], ["a"]), node("Resize", ["x", "", "", "a"], ["y"])]
    let resized = model(graph(nodes, inputs: inputs, outputs: output))
    let items = try #require(importError(resized) as? UnsupportedError).items
    #expect(items[0].reason.contains("its sizes 'a' is computed at run time by Abs 'Abs_0' from 's'"), "\(items)")
  }

  @Test func `weights listed as inputs are constants`() throws {
    let graph = try importModel(
      model(
        graph(
          [node("Add", ["x", "w"], ["y"])],
          inputs: [port("w", DataType.float, [2]), port("x", DataType.float, [2])], outputs: output,
          initializers: [floats("w", [2], [10, 20])])))
    #expect(graph.inputs.map { graph[$0].name } == ["x"])
    #expect(try evaluate(graph).floats() == [10, 21])
  }

  @Test func `open dimensions`() throws {
    func network(_ shape: [Any]?) -> [UInt8] {
      model(graph([node("Abs", ["x"], ["y"])], inputs: [port("x", DataType.float, shape)], outputs: output))
    }
    func shape(_ graph: Graph) -> [Int] { graph.type(of: graph.inputs[0]).shape }
    #expect(try shape(importModel(network(["batch", 3]))) == [1, 3])
    #expect(try shape(importModel(network([-1, 3]))) == [1, 3])
    #expect(try shape(importModel(network(["batch", 3]), shapes: ["x": [4, 3]])) == [4, 3])
    #expect(try shape(importModel(network(nil), shapes: ["x": [4, 3]])) == [4, 3])
    let items = try #require(importError(network([1, "height"])) as? UnsupportedError).items
    #expect(items[0].reason.contains("--shape x=1,128"))
    #expect(importError(network(nil)) is UnsupportedError)
    for (shapes, reason) in [(["x": [4, 5]], "the model fixes batch,3"), (["z": [1]], "no such input")] {
      let error = try #require(importError(network(["batch", 3]), shapes: shapes) as? ImportOptionError)
      #expect(error.description.contains(reason), "\(error)")
    }
    #expect(importError(network(["batch", 3]), shapes: ["x": [-4, 3]]) != nil)
  }

  @Test func `values keep their names`() throws {
    let graph = try importNodes([
      node("Sum", ["x", "x", "x"], ["s"], name: "three"), node("Identity", ["s"], ["i"]), node("Abs", ["i"], ["y"]),
    ])
    let names = graph.nodeIDs.map { graph[graph[$0].outputs[0]].name }
    #expect(names == ["three/1", "s", "y"])
    #expect(graph.nodeIDs.map { graph[$0].name } == ["three/1", "three", "Abs_2"])
  }

  @Test func `results may be constants inputs or the same`() throws {
    let graph = try importModel(
      model(
        graph(
          [node("Identity", ["x"], ["a"])], inputs: [port("x", DataType.float, [1])],
          outputs: [port("a"), port("w"), port("x"), port("a")], initializers: [floats("w", [1], [3])])))
    #expect(graph.outputs.map(\.name) == ["a", "w", "x", "a"])
    #expect(graph.outputs.map { graph.constant($0.value) != nil } == [false, true, false, false])
  }

  @Test func `nodes may be in any order`() throws {
    let graph = try importNodes([
      node("Neg", ["b"], ["y"]), node("Abs", ["a"], ["b"]), node("Relu", ["x"], ["a"]),
    ])
    #expect(graph.nodeIDs.map { graph[$0].name } == ["Relu_2", "Abs_1", "Neg_0"])
  }

  @Test func `shape arithmetic is folded`() throws {
    let graph = try importNodes(
      [
        node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"]),
        node("Unsqueeze", ["n", "axes"], ["u"]), node("Concat", ["u", "rest"], ["t"], [.int("axis", 0)]),
        node("Reshape", ["x", "t"], ["y"]),
      ],
      x: [3, 2, 4],
      initializers: [ints("zero", [0], shape: []), ints("axes", [0]), ints("rest", [-1])])
    #expect(operators(graph) == ["Reshape"])
    #expect(graph.type(of: graph.outputs[0].value).shape == [3, 8])
  }

  @Test func `unused nodes vanish`() throws {
    let graph = try importNodes([node("Abs", ["x"], ["y"]), node("Neg", ["x"], ["z"]), node("Relu", ["z"], ["w"])])
    #expect(operators(graph) == ["Abs"])
  }

  @Test func `a known condition chooses its branch`() throws {
    func branch(_ type: String) -> [UInt8] { graph([node(type, ["x"], ["r"])], outputs: [port("r")]) }
    for (value, expected) in [(UInt8(1), "Abs"), (0, "Neg")] {
      let graph = try importNodes(
        [
          node(
            "If", ["c"], ["y"], [.graph("then_branch", branch("Abs")), .graph("else_branch", branch("Neg"))], name: "if"
          )
        ],
        initializers: [tensor("c", DataType.bool, []) { $0.bytes(9, [value]) }])
      #expect(operators(graph) == [expected])
      #expect(graph[graph.outputs[0].value].name == "y")
    }
  }

  /// `scaled(a, b?) = LeakyRelu(a, alpha: slope) + one`, where slope is an attribute with a default.
  private static func function(_ body: [[UInt8]], inputs: [String] = ["a", "b"]) -> [UInt8] {
    message {
      $0.string(1, "scaled")
      for input in inputs { $0.string(4, input) }
      $0.string(5, "r")
      for node in body { $0.bytes(7, node) }
      $0.bytes(
        9,
        message {
          $0.string(1, "")
          $0.int(2, 17)
        })
      $0.string(10, "org.example")
      $0.bytes(11, TestAttribute.float("slope", 0.5).bytes)
    }
  }

  @Test func `functions are inlined`() throws {
    let function = Self.function([
      node("LeakyRelu", ["a"], ["l"], [.reference("alpha", to: "slope", type: 1)]), node("Neg", ["l"], ["r"]),
    ])
    let network = graph(
      [
        node("scaled", ["x"], ["m"], name: "first", domain: "org.example"),
        node("scaled", ["m"], ["y"], [.float("slope", 0.25)], name: "second", domain: "org.example"),
      ], inputs: [port("x", DataType.float, [2])], outputs: output)
    let imported = try importModel(model(network, domains: [("org.example", 1)], functions: [function]))
    #expect(
      imported.nodeIDs.map { imported[$0].name } == [
        "first/LeakyRelu_0", "first/Neg_1", "second/LeakyRelu_0", "second/Neg_1",
      ])
    #expect(imported[imported.outputs[0].value].name == "y")
    #expect(try evaluate(imported, x: [-8, 8]).floats() == [-4, 2])
  }

  @Test func `functions that call themselves are refused`() throws {
    let function = Self.function([node("scaled", ["a"], ["r"], domain: "org.example")])
    let network = graph(
      [node("scaled", ["x"], ["y"], domain: "org.example")], inputs: [port("x", DataType.float, [2])], outputs: output)
    let error = importError(model(network, functions: [function]))
    #expect((error as? ModelError)?.description.contains("nested more than") == true)
  }

  @Test func `functions that multiply are refused`() throws {
    // Each of 12 functions calls the next one 10 times.
    let functions = (0..<12).map { level in
      let calls = (0..<10).map { index in
        node("f\(level + 1)", [index == 0 ? "a" : "r\(index - 1)"], [index == 9 ? "r" : "r\(index)"], domain: "d")
      }
      return message {
        $0.string(1, "f\(level)")
        $0.string(4, "a")
        $0.string(5, "r")
        for call in level == 11 ? [node("Abs", ["a"], ["r"])] : calls { $0.bytes(7, call) }
        $0.string(10, "d")
      }
    }
    let network = graph(
      [node("f0", ["x"], ["y"], domain: "d")], inputs: [port("x", DataType.float, [2])], outputs: output)
    let error = importError(model(network, functions: functions))
    #expect((error as? ModelError)?.description.contains("makes more nodes than") == true)
  }

  @Test func `the summary says who made it`() throws {
    let bytes = MalformedFileTests.sound
    let file = try ONNXModel(
      ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) }, fileName: "a.onnx", folder: ".")
    #expect(file.summary.producer == "tests 1.0")
    #expect(file.summary.irVersion == 8)
    #expect(file.summary.operatorSets == [.init(domain: "ai.onnx", version: 17)])
    #expect(file.summary.nodeCount == 4)
  }

  @Test func `ten thousand nodes and their names`() throws {
    let count = 10_000
    let nodes = (0..<count).map { node("Abs", [$0 == 0 ? "x" : "v\($0)"], [$0 == count - 1 ? "y" : "v\($0 + 1)"]) }
    #expect(try importNodes(nodes.reversed(), x: [1]).nodeIDs.count == count)
  }
}
