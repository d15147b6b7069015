import KilnMachine
import KilnRuntimeSources
import Testing

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPasses

@Suite("The emitted network's source")
struct NetworkSourceTests {
  private let target = Target(
    name: "test", summary: "AVX-512", triple: "x86_64-unknown-linux-gnu", compilerFlags: ["-march=x86-64-v4"],
    model: Processor.generic(.avx512).model.with(cacheByteCounts: []), coreCount: 1)

  /// The source of a network of one ReLU.
  private func source(input: String, output: String, node: String, origin: String = "model.onnx") throws -> String {
    var graph = Graph()
    let x = graph.addInput(input, TensorType(.float32, [4]))
    graph.addOutput(output, try graph.insert(Unary(.relu), name: node, inputs: [x])[0])
    return try text(of: graph, origin: origin)
  }

  /// A file of a graph's package.
  private func text(
    of graph: Graph, origin: String = "model.onnx", file path: String = "Sources/Network1/Network1.swift"
  ) throws -> String {
    let package = Compiler.emit(
      try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target)), name: "Network1", origin: origin)
    let file = try #require(package.files.first { $0.path == path })
    guard case .text(let text) = file.contents else {
      Issue.record("\(path) is no text")
      return ""
    }
    return text
  }

  @Test(arguments: ["Float", "predict", "precondition", "Memory", "class", "Self", "arena", "await"])
  func `an input's name never hides what the source uses`(name: String) throws {
    let text = try source(input: name, output: "\(name)_out", node: "relu")
    #expect(text.contains("\(name)_2: Span<Float>"))
    #expect(!text.contains("\(name): Span<Float>"))
  }

  @Test(arguments: ["mapElements", "relu", "Float", "runLayer", "xShape"])
  func `a layer's name never hides what the source uses`(name: String) throws {
    let text = try source(input: "x", output: "y", node: name)
    #expect(text.contains("static func \(name)_2(_ memory: Memory)"))
    #expect(text.contains("Self.\(name)_2(memory)"))
  }

  @Test func `calls that differ in their pointers only share a function`() throws {
    var graph = Graph()
    let x = graph.addInput("x", TensorType(.float32, [4]))
    let y = graph.addInput("y", TensorType(.float32, [8]))
    for (name, input, function) in [
      ("a", x, ScalarFunction.relu), ("b", x, .relu), ("c", x, .exponential), ("sharedMapElements", y, .relu),
    ] {
      graph.addOutput("\(name)_out", try graph.insert(Unary(function), name: name, inputs: [input])[0])
    }
    let text = try text(of: graph)
    func count(_ call: String) -> Int { text.ranges(of: call).count }
    // The function and its two calls; the exponential function and the other size are called where they are needed.
    #expect(count("sharedMapElements_2(") == 3 && count("private static func sharedMapElements_2(") == 1)
    #expect(count(" mapElements(") == 3)
    #expect(text.contains("sharedMapElements_2(memory.x, memory.a_out)"))
    #expect(text.contains("sharedMapElements_2(memory.x, memory.b_out)"))
  }

  @Test(arguments: ["Float", "Int64", "UnsafeMutablePointer", "arena", "elements", "x", "self"])
  func `a buffer's name never hides what the source uses`(name: String) throws {
    var graph = Graph()
    let x = graph.addInput("x", TensorType(.float32, [4]))
    let inner = try graph.insert(Unary(.exponential), name: name, inputs: [x])[0]
    let sum = Reduction(.sum, axes: [0], keepsAxes: true)
    graph.addOutput("y", try graph.insert(sum, name: "last", inputs: [inner])[0])
    let text = try text(of: graph)
    #expect(text.contains("var \(name)_2: UnsafeMutablePointer<Float> { arena }"), "\(text)")
    #expect(text.contains("memory.\(name)_2"))
  }

  @Test func `an empty span needs no memory`() throws {
    var graph = Graph()
    let x = graph.addInput("x", TensorType(.float32, [0, 4]))
    let sum = Reduction(.sum, axes: [0], keepsAxes: false)
    graph.addOutput("y", try graph.insert(sum, name: "sum", inputs: [x])[0])
    let text = try text(of: graph)
    #expect(text.contains("let x = x.baseAddress ?? UnsafePointer(arena.assumingMemoryBound(to: Float.self))"))
    #expect(text.contains("let arena = arena.baseAddress, let y = y.baseAddress"))
    #expect(text.contains("else { preconditionFailure(\"a span has no memory\") }"))
  }

  @Test func `a package says what it is`() throws {
    var graph = Graph()
    let x = graph.addInput("x", TensorType(.float32, [4]))
    graph.addOutput("y", try graph.insert(Unary(.relu), name: "relu", inputs: [x])[0])
    let text = try text(of: graph, file: "README.md")
    #expect(text.contains("model.onnx as Swift, written by Kiln for test (AVX-512)."))
    #expect(text.contains("| input | `x` float32[4] |") && text.contains("| output | `y` float32[4] |"))
    #expect(text.contains("Network1.predict(x: x, y: &y, arena: &arena)"))
  }

  @Test func `names that begin with a digit say what they are`() throws {
    let text = try source(input: "0", output: "1", node: "2")
    #expect(text.contains("input_0: Span<Float>, output_1: inout MutableSpan<Float>"))
    #expect(text.contains("Self.layer_2(memory)"))
  }

  @Test func `a list of parameters is broken into lines`() throws {
    let text = try source(
      input: String(repeating: "i", count: 30), output: String(repeating: "o", count: 30), node: "n")
    #expect(!text.split(separator: "\n").contains { $0.count > 120 && !$0.contains("{ (") && !$0.contains("//") })
  }

  @Test func `a type is not called as what the package mentions`() {
    for name in ["Float", "Vector", "AveragePool", "Self", "Swift", "Foundation", "import", "NetworkModule"] {
      #expect(ReservedNames.ofTypes.contains(name), "\(name)")
    }
    #expect(!ReservedNames.ofTypes.contains("MobilenetV2"))
  }

  /// Swift takes no two files of a name into one module, and some file systems none that differ in case only.
  @Test(arguments: RuntimeFile.allCases) func `a network is not called as a file beside it`(file: RuntimeFile) {
    let stem = String(file.name.dropLast(6))
    for name in [stem, stem.lowercased(), stem.uppercased()] {
      #expect(ReservedNames.forbidsType(name) && Compiler.typeName(for: name).hasSuffix("Network"))
    }
  }

  @Test func `names for the network leave room for what is appended`() {
    for model in ["", " ", "-", "1", "é", "日本語", "main", "l", String(repeating: "x", count: 250)] {
      let name = Compiler.typeName(for: model)
      #expect((1...Compiler.maximumNameLength).contains(name.count), "\(model)")
      #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } && !ReservedNames.forbidsType(name))
    }
  }

  @Test func `no name ends a comment or a string`() throws {
    let text = try source(
      input: "x", output: "y", node: "a\"\nimport Evil\u{2028}\u{0}", origin: "m\nimport Evil\n.onnx")
    #expect(!text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("import Evil") })
    #expect(text.contains(#"case 0: return "a\"\u{a}import Evil\u{2028}\u{0}""#))
  }
}
