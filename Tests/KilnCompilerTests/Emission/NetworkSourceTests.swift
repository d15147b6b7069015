import KilnMachine
import KilnRuntimeSources
import Testing

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPasses
@testable import KilnPlanning
@testable import KilnSelection

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
    let package = Compiler.emit(try Compiler.plan(graph, for: target), name: "Network1", origin: origin)
    let file = try #require(package.files.first { $0.path == "Sources/Network1/Network1.swift" })
    guard case .text(let text) = file.contents else { return "" }
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
