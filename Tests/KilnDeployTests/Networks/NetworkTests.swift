import Foundation
import KilnDeploy
import KilnExecution
import KilnGraph
import KilnPasses
import KilnPlanning
import Testing

/// Small versions of nine topologies, as exported with their batch norms and with the batch norms folded: what the
/// compiler makes of them, and what the emitted programs compute.
@Suite(.serialized)
struct NetworkTests {
  static let names = [
    "tiny", "mobilenet_v2", "resnet18", "resnet34", "resnet50", "resnet152", "repvgg_a0", "repvgg_a0_deploy",
    "unet_r18",
  ]
  private let target = HostTarget.detect()

  // MARK: What is left to compute

  private func layers(_ name: String) throws -> [Program.Layer] {
    try NetworkFiles.program(name, target: target).layers
  }

  private func count<Operation>(_: Operation.Type, in layers: [Program.Layer]) -> Int {
    layers.count { $0.node.operation is Operation }
  }

  @Test(arguments: names) func `no batch norm, activation or sum is left beside a convolution`(name: String) throws {
    let layers = try layers("\(name).unfused")
    #expect(count(BatchNormalization.self, in: layers) == 0)
    #expect(count(ChannelAffine.self, in: layers) == 0)
    #expect(count(Unary.self, in: layers) == 0)
    #expect(count(Binary.self, in: layers) == 0)
    #expect(count(Convolution.self, in: layers) > 0)
  }

  @Test(arguments: names) func `both exports become the same layers`(name: String) throws {
    let kept = try layers("\(name).unfused").map { $0.node.operation.name + $0.node.operation.details }
    let folded = try layers(name).map { $0.node.operation.name + $0.node.operation.details }
    #expect(kept == folded)
  }

  @Test func `RepVGG's training form becomes its deploy form`() throws {
    let training = try layers("repvgg_a0.unfused")
    let deploy = try layers("repvgg_a0_deploy")
    #expect(count(Convolution.self, in: training) == count(Convolution.self, in: deploy))
    #expect(count(Binary.self, in: training) == 0)
  }

  @Test func `U-Net joins its branches without a copy`() throws {
    let layers = try layers("unet_r18.unfused")
    #expect(count(Concat.self, in: layers) == 0)
    // One transposition at the image, and nothing else that only moves numbers.
    #expect(layers.count { $0.node.operation is Transpose } == 1)
    #expect(count(Pad.self, in: layers) + count(Reshape.self, in: layers) + count(Slice.self, in: layers) == 0)
  }

  @Test(arguments: names) func `the arena is near its lower bound`(name: String) throws {
    let program = try NetworkFiles.program("\(name).unfused", target: target)
    #expect(Double(program.arenaByteCount) <= 1.1 * Double(program.arenaLowerBound))
  }

  @Test(arguments: names) func `the same model gives the same bytes`(name: String) throws {
    func files() throws -> [String: [UInt8]] {
      NetworkFiles.emitted(try NetworkFiles.program("\(name).unfused", target: target))
    }
    #expect(try files() == files())
  }

  // MARK: What it computes

  @Test func `emitted programs agree with ONNX Runtime, folded or not`() throws {
    var programs: [String: Program] = [:]
    for name in Self.names {
      programs["\(name)_folded"] = try NetworkFiles.program("\(name).unfused", target: target)
      programs["\(name)_unfolded"] = try NetworkFiles.program("\(name).unfused", target: target, folds: false)
    }
    try withTemporaryFolder { folder in
      let batch = try NetworkBatch(programs, target: target, folder: folder)
      for name in Self.names {
        let input = try NetworkFiles.tensor("\(name).input")
        let expected = try NetworkFiles.tensor("\(name).output")
        for variant in ["folded_by_exporter", "folded", "unfolded"] {
          // The exporter's layers are those of the folded network: their package would differ in the weights only.
          let outputs =
            variant == "folded_by_exporter"
            ? ProgramExecution(try NetworkFiles.program(name, target: target)).run([input])
            : try batch.run("\(name)_\(variant)", [input])
          #expect(outputs.count == 1)
          if variant == "folded" {
            let executed = ProgramExecution(try #require(programs["\(name)_folded"])).run([input])
            #expect(executed[0].storage.bytes.elementsEqual(outputs[0].storage.bytes), "\(name)")
          }
          let comparison = Comparison(outputs[0], expected)
          #expect(comparison.isWithin(1e-4), "\(name), \(variant): \(comparison)")
        }
      }
    }
  }
}
