import Foundation
import KilnCompiler
import KilnDeploy
import KilnExecution
import KilnGraph
import KilnONNX
import KilnPasses
import Testing

/// What a Raspberry Pi computes, under qemu, is what this machine computes, bit for bit.
///
/// The board's programs are emitted, because only their machine code is of its kind. This machine's are executed in this process;
/// that emitted ones compute the same bits is tested in NetworkTests.
///
/// Runs where `toolchain/setup` has been run, and where this machine has a fused multiply-add, as every Arm board has.
struct SameBitsTests {
  private static let isPossible = Toolchain.tools != nil && HostTarget.detect().instructionSet != .sse2

  /// The example, and those of Tests/Networks that differ in more than depth, with their batch norms.
  private static let models: [String: (model: URL, input: URL)] = {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let digits = tests.deletingLastPathComponent().appending(path: "Examples/digits")
    var models = ["Digits": (digits.appending(path: "digits.onnx"), digits.appending(path: "five.npy"))]
    for name in ["tiny", "mobilenet_v2", "resnet18", "resnet50", "repvgg_a0", "unet_r18"] {
      let folder = tests.appending(path: "Networks")
      models[Compiler.typeName(for: name)] = (
        folder.appending(path: "\(name).unfused.onnx"), folder.appending(path: "\(name).input.npy")
      )
    }
    return models
  }()

  @Test(.enabled(if: isPossible, "needs toolchain/setup"))
  func `the board gives the host's bits`() throws {
    let tools = try #require(Toolchain.tools)
    let graphs = try Self.models.mapValues { try graph($0.model) }
    try withTemporaryFolder { folder in
      let board = try NetworksOnBoard(graphs, board: Toolchain.board, tools: tools, folder: folder)
      for (name, graph) in graphs {
        let input = try Npy.read(try #require(Self.models[name]).input.path)
        let onHost = try outputOnHost(of: graph, for: input)
        #expect(!onHost.isEmpty)
        #expect(try board.output(of: name, for: input) == onHost, "\(name)")
      }
    }
  }

  /// Which of its bits a NaN has depends on the machine, but not the sign of a zero.
  @Test(.enabled(if: isPossible, "needs toolchain/setup"))
  func `a NaN comes out of the board where it comes out of the host`() throws {
    let tools = try #require(Toolchain.tools)
    let name = "cases/nan_maxima"
    let graph = try graph(NetworkFiles.folder.appending(path: "\(name).onnx"))
    let input = try NetworkFiles.tensors("\(name).input_")[0]
    try withTemporaryFolder { folder in
      let networks = try NetworksOnBoard(["Maxima": graph], board: Toolchain.board, tools: tools, folder: folder)
      let host = floats(try outputOnHost(of: graph, for: input))
      let board = floats(try networks.output(of: "Maxima", for: input))
      #expect(host.contains(where: \.isNaN) && host.count == board.count)
      #expect(zip(host, board).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN })
    }
  }

  /// Zeros of both signs, at the bounds of activations and beside them.
  @Test(.enabled(if: isPossible, "needs toolchain/setup"))
  func `zeros have the same signs on the board`() throws {
    let tools = try #require(Toolchain.tools)
    let numbers: [Float] = [0, -0.0, 1, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 7, .nan, .infinity]
    var graph = Graph(name: "zeros")
    let x = graph.addInput("x", TensorType(.float32, [numbers.count]))
    let functions: [ScalarFunction] = [
      .relu, .clip(lower: 0, upper: 6), .clip(lower: -0.0, upper: 6), .clip(lower: -1, upper: 0),
      .clip(lower: -1, upper: -0.0), .hardSwish, .hardSigmoid(alpha: 1, beta: 0), .leakyReLU(slope: 0.5),
    ]
    let results = try functions.enumerated().map { index, function in
      try graph.insert(Unary(function), name: "function\(index)", inputs: [x])[0]
    }
    graph.addOutput("y", try graph.insert(Concat(axis: 0), name: "joined", inputs: results)[0])
    let input = Tensor(shape: [numbers.count], floats: numbers)
    try withTemporaryFolder { folder in
      let optimized = OptimizedGraph(graph)
      let networks = try NetworksOnBoard(["Zeros": optimized], board: Toolchain.board, tools: tools, folder: folder)
      let host = floats(try outputOnHost(of: optimized, for: input))
      let board = floats(try networks.output(of: "Zeros", for: input))
      #expect(host.count == numbers.count * functions.count && board.count == host.count)
      #expect(zip(host, board).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN })
      #expect(host.prefix(2).allSatisfy { $0 == 0 && $0.sign == .plus })
    }
  }

  private func graph(_ model: URL) throws -> OptimizedGraph {
    try Passes.run(on: ONNXImporter.importGraph(at: model.path))
  }

  private func outputOnHost(of graph: OptimizedGraph, for input: Tensor) throws -> Data {
    let options = CompileOptions(target: HostTarget.detect(), algorithmsOf: Toolchain.board)
    let output = ProgramExecution(try Compiler.plan(graph, options)).run([input])[0]
    return withExtendedLifetime(output) { Data(output.storage.bytes) }
  }

  private func floats(_ data: Data) -> [Float] {
    data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  /// A board with caches so small that most layers are computed together in strips, which they are not here.
  @Test(.enabled(if: isPossible, "needs toolchain/setup"))
  func `the board gives the host's bits in strips`() throws {
    let tools = try #require(Toolchain.tools)
    var board = Toolchain.board
    board.cacheByteCounts = [2 << 10, 16 << 10]
    let files = try #require(Self.models["MobilenetV2"])
    let graph = try graph(files.model)
    let input = try Npy.read(files.input.path)
    #expect(try Compiler.plan(graph, CompileOptions(target: board)).layers.count { $0.strips != nil } > 2)
    try withTemporaryFolder { folder in
      let networks = try NetworksOnBoard(["MobilenetV2": graph], board: board, tools: tools, folder: folder)
      let onHost = try outputOnHost(of: graph, for: input)
      #expect(!onHost.isEmpty)
      #expect(try networks.output(of: "MobilenetV2", for: input) == onHost)
    }
  }
}
