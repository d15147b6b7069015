import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnGraph
import KilnONNX
import KilnPasses
import Testing

/// What a Raspberry Pi computes, under qemu, is what this machine computes, bit for bit.
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
    try withTemporaryFolder { folder in
      let networks = try NetworksOnBothMachines(
        Self.models.mapValues(\.model), board: Toolchain.board, tools: tools, folder: folder)
      for (name, files) in Self.models.sorted(by: { $0.key < $1.key }) {
        let outputs = try networks.outputs(of: name, for: try Npy.read(files.input.path))
        #expect(!outputs.host.isEmpty)
        #expect(outputs.host == outputs.board, "\(name)")
      }
    }
  }

  /// Which of its bits a NaN has depends on the machine, but not the sign of a zero.
  @Test(.enabled(if: isPossible, "needs toolchain/setup"))
  func `a NaN comes out of the board where it comes out of the host`() throws {
    let tools = try #require(Toolchain.tools)
    let name = "cases/nan_maxima"
    try withTemporaryFolder { folder in
      let networks = try NetworksOnBothMachines(
        ["Maxima": NetworkFiles.folder.appending(path: "\(name).onnx")], board: Toolchain.board, tools: tools,
        folder: folder)
      let outputs = try networks.outputs(of: "Maxima", for: try NetworkFiles.tensors("\(name).input_")[0])
      let (host, board) = (floats(outputs.host), floats(outputs.board))
      #expect(host.contains(where: \.isNaN) && host.count == board.count)
      #expect(zip(host, board).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN })
    }
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
    let graph = try Passes.run(on: ONNXImporter.importGraph(at: files.model.path), options: PassOptions()).graph
    #expect(try Compiler.plan(graph, for: board).layers.count { $0.strips != nil } > 2)
    try withTemporaryFolder { folder in
      let networks = try NetworksOnBothMachines(
        ["MobilenetV2": files.model], board: board, tools: tools, folder: folder)
      let outputs = try networks.outputs(of: "MobilenetV2", for: try Npy.read(files.input.path))
      #expect(!outputs.host.isEmpty)
      #expect(outputs.host == outputs.board)
    }
  }
}
