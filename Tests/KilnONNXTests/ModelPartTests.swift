import KilnGraph
import Testing

@testable import KilnONNX

/// Parts of models, between tensors that somebody names.
struct ModelPartTests {
  /// `x` to `a`, then `b` and `c`, joined to `y`; `d` is made by an operator that nobody knows.
  private static let nodes = [
    node("Abs", ["x"], ["a"], name: "first"), node("Split", ["a"], ["b", "c"], [.int("axis", 1)], name: "halves"),
    node("Neg", ["c"], ["e"]), node("Add", ["b", "e"], ["y"], name: "sum"),
    node("Mystery", ["a"], ["d"], domain: "org.example"), node("Mul", ["d", "two"], ["z"]),
    node("Shape", ["x"], ["s"]),
  ]

  private func part(
    _ inputs: [String] = [], _ outputs: [String] = [], nodes: [[UInt8]] = nodes, shapes: [String: [Int]] = [:],
    valueInfos: [[UInt8]] = [], x: [Any] = [1, 4]
  ) throws -> Graph {
    var graph = graph(
      nodes, inputs: [port("x", DataType.float, x)],
      outputs: [port("y"), port("z")], initializers: [floats("two", [1], [2])])
    graph += message { for info in valueInfos { $0.bytes(13, info) } }
    let bytes = model(graph)
    let storage = ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) }
    return try ONNXImporter.importGraph(
      ONNXModel(storage, fileName: "test.onnx", folder: "/nonexistent"),
      options: ImportOptions(shapes: shapes, part: ModelPart(inputs: inputs, outputs: outputs)))
  }

  private func fault(_ body: () throws -> Graph) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? ImportOptionError)?.description ?? "\(error)"
    }
  }

  private func inputs(_ graph: Graph) -> [String] { graph.inputs.map { "\(graph[$0].name) \(graph.type(of: $0))" } }

  @Test func `results need what is before them, and nothing else`() throws {
    let graph = try part([], ["y", "b"])
    #expect(graph.outputs.map(\.name) == ["y", "b"] && inputs(graph) == ["x float32[1, 4]"])
    #expect(!operators(graph).contains("Mul"))
    #expect(try evaluate(graph, x: [1, -2, 4, 8]).floats() == [-3, -6])
    #expect(operators(try part([], ["a"])) == ["Abs"])
  }

  @Test func `an input in the middle has the type that is computed there`() throws {
    let graph = try part(["e", "b"], ["y"])
    #expect(inputs(graph) == ["e float32[1, 2]", "b float32[1, 2]"])
    #expect(operators(graph) == ["Add"])
    // One of a node's two results is given, the other is computed.
    let half = try part(["c", "x"], ["y"])
    #expect(inputs(half) == ["c float32[1, 2]", "x float32[1, 4]"])
    #expect(operators(half).contains("Abs"))
    // With dimensions that the model leaves open before it.
    #expect(inputs(try part(["a"], ["y"], shapes: ["x": [1, 8]], x: ["batch", "n"])) == ["a float32[1, 8]"])
  }

  @Test func `an input of which nothing is known needs dimensions`() throws {
    let unknown = try #require(fault { try part(["d"], ["z"]) })
    #expect(
      unknown.hasPrefix("--cut-input 'd': nothing says what it holds: org.example.Mystery 'Mystery_4' computes it"))
    #expect(unknown.contains("--shape 'd=1,3,224,224'"))
    #expect(inputs(try part(["d"], ["z"], shapes: ["d": [2, 3]])) == ["d float32[2, 3]"])
    let stated = [port("d", DataType.float, [5]), port("a", DataType.int32, [7])]
    let mixed = [node("Mystery", ["a"], ["d"], domain: "org.example"), node("Neg", ["d"], ["z"])]
    #expect(
      inputs(
        try part(
          ["d"], ["z"], nodes: [node("Abs", ["x"], ["a"])] + mixed + [node("Abs", ["a"], ["y"])], valueInfos: stated))
        == ["d float32[5]"])
    let open = try #require(fault { try part(["a"], ["y"], x: [1, "n"]) })
    #expect(open.hasPrefix("--cut-input 'a': its dimensions follow from those of 'x': its dimensions 1,n are open"))
    #expect(open.hasSuffix("--shape x=1,128"))
    // What is computed counts more than what a file states.
    #expect(inputs(try part(["a"], ["y"], valueInfos: stated)) == ["a float32[1, 4]"])
  }

  @Test func `what can't be cut is said in a line`() throws {
    #expect(fault { try part(["s"], ["s"]) }?.contains("it is a cut input too") == true)
    #expect(fault { try part(["b"], ["y"]) }?.contains("the outputs need 'x' too, on a path around the cut") == true)
    #expect(fault { try part(["b"], ["a"]) }?.contains("no output needs it") == true)
    #expect(fault { try part(["two"], ["z"]) }?.contains("this is a constant") == true)
    #expect(fault { try part([], ["two"]) }?.contains("this is a constant") == true)
    #expect(fault { try part([], ["x"]) }?.contains("this is an input of the model") == true)
    #expect(fault { try part(["b", "b"], ["y"]) }?.contains("named twice") == true)
    #expect(fault { try part([], ["halves"]) }?.contains("the node of that name computes 'b', 'c'") == true)
    #expect(fault { try part([], [""]) }?.contains("no such tensor") == true)
    let shape = [node("Shape", ["x"], ["s"]), node("Reshape", ["x", "s"], ["y"]), node("Abs", ["x"], ["z"])]
    #expect(fault { try part(["s", "x"], ["y"], nodes: shape) }?.contains("'s': this is a constant") == true)
  }

  @Test func `branches read from outside`() throws {
    let branch = TestAttribute.graph("then_branch", graph([node("Neg", ["a"], ["t"])], outputs: [port("t")]))
    let other = TestAttribute.graph("else_branch", graph([node("Abs", ["a"], ["u"])], outputs: [port("u")]))
    let condition = TestAttribute.tensor("value", tensor("", DataType.bool, [1]) { $0.bytes(9, [1]) })
    let nodes = [
      node("Abs", ["x"], ["a"]), node("Constant", [], ["k"], [condition]), node("If", ["k"], ["y"], [branch, other]),
      node("Exp", ["a"], ["z"]),
    ]
    #expect(operators(try part([], ["y"], nodes: nodes)) == ["Abs", "Neg"])
    let graph = try part(["a"], ["y"], nodes: nodes)
    #expect(inputs(graph) == ["a float32[1, 4]"] && operators(graph) == ["Neg"])
  }

  @Test func `near names hold the word or most of its letters`() {
    let names = ["/model/Concat_3_output_0", "boxes", "scores", "/model/Conv_output_0"]
    #expect(NearNames.among(names, of: "boxs") == ["boxes"])
    #expect(NearNames.among(names, of: "Concat_3") == ["/model/Concat_3_output_0"])
    #expect(NearNames.among(names, of: "score") == ["scores"])
    #expect(NearNames.among(names, of: "").isEmpty && NearNames.among(names, of: "qqqq").isEmpty)
  }

  @Test func `examples of dimensions are those of images, sequences and volumes`() {
    func example(_ dimensions: [TypeProto.Dimension]?) -> [Int] {
      ModelInput(ValueInfoProto("x", TypeProto(elementType: 1, shape: dimensions))).exampleShape
    }
    let open = TypeProto.Dimension.symbolic("n")
    #expect(example(nil) == [1, 3, 224, 224])
    #expect(example([open, .fixed(3), open, open]) == [1, 3, 224, 224])
    #expect(example([open, open, open, open]) == [1, 3, 224, 224])
    #expect(example([.fixed(2), .fixed(1), .fixed(32), open]) == [2, 1, 32, 32])
    #expect(example([open, open, open, .fixed(3)]) == [1, 224, 224, 3])
    #expect(example([.fixed(1), .fixed(64), open, open]) == [1, 64, 224, 224])
    #expect(example([open, open]) == [1, 128])
    #expect(example([open, .fixed(1), open, open, open]) == [1, 1, 64, 64, 64])
  }
}
