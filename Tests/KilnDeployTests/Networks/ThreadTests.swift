import Foundation
import KilnDeploy
import KilnExecution
import KilnGraph
import KilnMachine
import KilnONNX
import Testing

@testable import KilnEmission
@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPasses
@testable import KilnPlanning

/// Several threads give the bits that one gives, also where there are more threads than rows or blocks to share.
///
/// The shared programs are emitted, because threads that run at once are in packages only; those of one thread, which they are
/// compared with, are executed in this process.
@Suite(.serialized)
struct ThreadTests {
  private let target = HostTarget.detect()

  @Test func `networks shared by two, three and four threads give the bits of one`() throws {
    var programs: [String: Program] = [:]
    var alone: [String: ProgramExecution] = [:]
    for name in Self.networks {
      let graph = try Self.graph("\(name).unfused")
      alone[name] = ProgramExecution(try Planner.plan(graph, for: target))
      for threads in 2...4 { programs["\(name)_\(threads)"] = try shared(graph, by: threads) }
    }
    try withTemporaryFolder { folder in
      let batch = try NetworkBatch(programs, target: target, folder: folder)
      for name in Self.networks {
        let input = try NetworkFiles.tensor("\(name).input")
        let alone = try #require(alone[name]).run([input])
        for threads in 2...4 {
          try expectSame(batch.run("\(name)_\(threads)", [input]), alone, "\(name), \(threads) threads")
        }
      }
    }
  }

  @Test func `every kernel that is shared gives the bits of one thread`() throws {
    var programs: [String: Program] = [:]
    var cases: [(name: String, file: String, alone: ProgramExecution)] = []
    for (index, file) in Self.cases.enumerated() {
      let graph = try Self.graph(file)
      let program = try shared(graph, by: 2 + index % 3)
      guard program.layers.contains(where: { $0.workers.count > 1 }) else { continue }
      let name = "Case\(index)"
      cases.append((name, file, ProgramExecution(try Planner.plan(graph, for: target))))
      programs["\(name)_n"] = program
    }
    #expect(cases.count > 40)
    try withTemporaryFolder { folder in
      let batch = try NetworkBatch(programs, target: target, folder: folder)
      for (name, file, alone) in cases {
        let inputs = try NetworkFiles.tensors("\(file).input_")
        try expectSame(batch.run("\(name)_n", inputs), alone.run(inputs), file)
      }
    }
  }

  @Test func `workers meet only where one needs what another wrote`() throws {
    let graph = try Self.graph("resnet50.unfused")
    let program = try shared(graph, by: 2)
    let meetings = program.meetings()
    #expect(!meetings.contains(0))
    // The convolution beside a block's first reads what that reads.
    let blocks = program.layers.count { $0.node.operation is Convolution } / 3
    #expect(meetings.count < program.layers.count - 1)
    #expect(meetings.count > blocks)
    #expect(try Planner.plan(graph, for: target).meetings().isEmpty)
  }

  /// A plan that shares even the smallest layers.
  private func shared(_ graph: Graph, by threads: Int) throws -> Program {
    let costs = SharingCosts(leastCycles: 0, leastElements: 0)
    return try Planner.plan(graph, for: target, PlanningOptions(sharing: WorkSharing(threads: threads, costs: costs)))
  }

  private func expectSame(_ actual: [Tensor], _ expected: [Tensor], _ what: String) {
    #expect(actual.count == expected.count)
    for (actual, expected) in zip(actual, expected) {
      #expect(actual.storage.bytes.elementsEqual(expected.storage.bytes), "\(what)")
    }
  }

  private static let networks = ["tiny", "mobilenet_v2", "resnet18", "resnet50", "repvgg_a0", "unet_r18"]

  /// Models whose weights are stored in fewer bytes than float32.
  private static let narrow = ["cases/weights_int8", "cases/weights_uint8_batch_norm", "cases/weights_float16"]

  /// Every fifth of the small models, and those.
  private static let cases: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: NetworkFiles.folder.path + "/cases")) ?? []
    let names = files.filter { $0.hasSuffix(".onnx") }.map { "cases/" + $0.dropLast(5) }.sorted()
    return names.enumerated().filter { $0.offset % 5 == 0 || narrow.contains($0.element) }.map(\.element)
  }()

  private static func graph(_ name: String) throws -> Graph {
    let graph = try ONNXImporter.importGraph(at: NetworkFiles.folder.appending(path: "\(name).onnx").path)
    return try Passes.run(on: graph, options: PassOptions()).graph
  }
}
