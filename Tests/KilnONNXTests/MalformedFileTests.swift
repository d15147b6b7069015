import Foundation
import KilnGraph
import KilnONNX
import Testing

/// Files that are not models, and models that are damaged or lie.
struct MalformedFileTests {
  /// A small network with most things that a file can contain.
  static let sound = model(
    graph(
      [
        node(
          "Conv", ["x", "w", "b"], ["c"], [.ints("pads", [1, 1, 1, 1]), .string("auto_pad", "NOTSET")], name: "conv"),
        node("LeakyRelu", ["c"], ["r"], [.float("alpha", 0.25)]),
        node("Constant", [], ["s"], [.tensor("value", ints("", [1, -1]))]),
        node("Reshape", ["r", "s"], ["y"]),
      ],
      inputs: [port("x", DataType.float, ["N", 1, 4, 4])], outputs: [port("y")],
      initializers: [floats("w", [2, 1, 3, 3], (0..<18).map { Float($0) }), floats("b", [2], [1, 2])]))

  @Test func `the sound one is sound`() throws {
    let graph = try importModel(Self.sound)
    #expect(operators(graph) == ["Conv", "LeakyRelu", "Reshape"])
    #expect(try evaluate(graph).shape == [1, 32])
  }

  @Test func `every truncation is one line`() throws {
    for part in 0..<20 {
      let count = Self.sound.count * part / 20
      let error = try #require(importError(Array(Self.sound.prefix(count))) as? ModelError, "\(count) bytes")
      #expect(error.kind == .malformed)
      #expect(error.description.hasPrefix("test.onnx: ") && !error.description.contains("\n"))
    }
  }

  @Test(arguments: [
    ("", "the file is empty"), ("This is a text file, not a model.\n", "is not an ONNX model"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
    ("{\"a\": 1}", "is not an ONNX model"),
  ])
  func `other files`(_ text: String, _ reason: String) throws {
    let error = try #require(importError(Array(text.utf8)) as? ModelError)
    #expect(error.kind == .malformed)
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test func `files that are not there`() throws {
    let folder = FileManager.default.temporaryDirectory.path
    #expect { try ONNXImporter.importGraph(at: "\(folder)/absent-\(UUID()).onnx") } throws: {
      ($0 as? ModelError)?.kind == .missing
    }
    #expect { try ONNXImporter.importGraph(at: folder) } throws: {
      ($0 as? ModelError)?.description.contains("not a regular file") == true
    }
  }

  @Test(arguments: [20, 1000]) func `messages nested too deeply`(_ depth: Int) throws {
    var inner = graph([node("Identity", ["c"], ["y"])], outputs: [port("y")])
    for _ in 0..<depth {
      inner = graph([node("If", ["c"], ["y"], [.graph("then_branch", inner)])], outputs: [port("y")])
    }
    let condition = tensor("c", DataType.bool, []) { $0.bytes(9, [1]) }
    let nodes = [node("If", ["c"], ["y"], [.graph("then_branch", inner)])]
    let error = importError(model(graph(nodes, outputs: [port("y")], initializers: [condition])))
    #expect((error as? ModelError)?.description.contains("deep") == true)
  }

  @Test(arguments: [
    ([node("Abs", ["z"], ["y"])], "it reads 'z', which nothing defines"),
    ([node("Abs", ["x"], ["y"]), node("Neg", ["x"], ["y"])], "'y' is the result of two nodes"),
    ([node("Abs", ["x"], ["x"]), node("Abs", ["x"], ["y"])], "cycle"),
    ([node("Abs", ["x"], ["w"]), node("Abs", ["x"], ["y"])], "'w' is defined twice"),
    ([node("Add", ["a", "x"], ["b"]), node("Abs", ["b"], ["a"]), node("Abs", ["a"], ["y"])], "cycle"),
    ([node("Abs", ["x"], ["z"])], "nothing computes the output 'y'"),
    ([node("Add", ["x"], ["y"])], "its input 1 is missing"),
    ([node("Add", ["x", ""], ["y"])], "its input 1 is missing"),
    ([node("Abs", ["x"], ["y", "z"])], "an output 'z' too many"),
    ([node("LeakyRelu", ["x"], ["y"], [.int("alpha", 1)])], "the attribute 'alpha' should be a float"),
    ([node("LeakyRelu", ["x"], ["y"], [.float("alpha", 1), .float("alpha", 1)])], "'alpha' is there twice"),
    ([node("Transpose", ["x"], ["y"], [.ints("perm", [0, 0, 1, 2])])], "permut"),
    ([node("Add", ["x", "i"], ["y"])], "is int64"),
    ([node("Conv", ["x", "w"], ["y"], [.int("group", 0)])], "group"),
    ([node("Conv", ["x", "w"], ["y"], [.ints("strides", [0, 1])])], "strides"),
    ([node("Conv", ["x", "w"], ["y"], [.ints("pads", [1 << 62, 0, 0, 0])])], "pads"),
    ([node("Conv", ["x", "w"], ["y"], [.ints("kernel_shape", [3, 5])])], "kernel_shape"),
    ([node("Conv", ["x", "w"], ["y"], [.string("auto_pad", "SAME")])], "auto_pad"),
    ([node("MaxPool", ["x"], ["y"])], "kernel_shape is missing"),
    ([node("Concat", ["x", "x"], ["y"], [.int("axis", 4)])], "axis 4 is outside"),
    ([node("Gather", ["x", "i"], ["y"], [.int("axis", 2)])], "index 7 is outside"),
    ([node("Reshape", ["x", "i"], ["y"])], "different numbers of elements"),
  ])
  func `graphs that make no sense`(_ nodes: [[UInt8]], _ reason: String) throws {
    let weights = [floats("w", [1, 2, 1, 1], [1, 1]), ints("i", [7, 9])]
    do {
      _ = try importNodes(nodes, initializers: weights)
      Issue.record("accepted")
    } catch let error as ModelError {
      #expect(error.description.contains(reason), "\(error)")
      #expect(error.kind == .malformed && !error.description.contains("\n"))
    }
  }

  @Test func `duplicate names`() throws {
    let output = [port("y")]
    let abs = [node("Abs", ["x"], ["y"])]
    let input = port("x", DataType.float, [1])
    let twice = graph(abs, inputs: [input, input], outputs: output)
    #expect((importError(model(twice)) as? ModelError)?.description.contains("'x' is there twice") == true)
    let constants = [floats("x", [1], [1]), floats("x", [1], [2])]
    let weights = graph(abs, outputs: output, initializers: constants)
    #expect((importError(model(weights)) as? ModelError)?.description.contains("'x' is defined twice") == true)
  }

  @Test func `outputs of another type than declared`() throws {
    let wrong = graph(
      [node("Abs", ["x"], ["y"])], inputs: [port("x", DataType.float, [1])], outputs: [port("y", DataType.int64)])
    let error = try #require(importError(model(wrong)) as? ModelError)
    #expect(error.description.contains("declared as int64 but computed as float32"))
  }

  @Test func `a small file makes no large constant`() throws {
    let huge = ints("s", [1 << 14, 1 << 13])
    let nodes = [node("ConstantOfShape", ["s"], ["a"]), node("Abs", ["a"], ["y"])]
    let error = importError(model(graph(nodes, outputs: [port("y")], initializers: [huge])))
    #expect((error as? UnsupportedError)?.items.first?.reason.contains("536870912 bytes") == true)
    let expanded = [node("Expand", ["one", "s"], ["y"])]
    let weights = [huge, floats("one", [1], [1])]
    #expect(importError(model(graph(expanded, outputs: [port("y")], initializers: weights))) is UnsupportedError)
  }
}
