import Foundation
import KilnCompiler
import KilnDeploy
import KilnGraph
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
}
