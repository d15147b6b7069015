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
@testable import KilnSelection

/// Several threads give the bits that one gives, also where there are more threads than rows or blocks to share.
///
/// Programs are executed in this process in the two orders in which workers are farthest apart. Some are emitted too, because
/// threads that run at once are in packages only.
@Suite(.serialized)
struct ThreadTests {
  private let target = HostTarget.detect()

  @Test(arguments: NetworkTests.names)
  func `networks shared by two, three and four threads give the bits of one`(name: String) throws {
    let graph = try Self.graph("\(name).unfused")
    try expectSharedIsAlone(graph, [NetworkFiles.tensor("\(name).input")], name, threads: 2...4)
  }

  @Test func `threads that run at once give the bits of one`() throws {
    var programs: [String: Program] = [:]
    for (name, counts) in Self.emitted {
      let graph = try Self.graph("\(name).unfused")
      for threads in counts { programs["\(name)_\(threads)"] = try shared(graph, by: threads) }
    }
    try withTemporaryFolder { folder in
      let batch = try NetworkBatch(programs, target: target, folder: folder)
      for (name, counts) in Self.emitted {
        let input = try NetworkFiles.tensor("\(name).input")
        let alone = ProgramExecution(try Planner.plan(Self.graph("\(name).unfused"), for: target)).run([input])
        for threads in counts {
          try expectSame(batch.run("\(name)_\(threads)", [input]), alone, "\(name), \(threads) threads")
        }
      }
    }
  }

  @Test func `every kernel that is shared gives the bits of one thread`() throws {
    var sharedCount = 0
    for file in Self.cases {
      sharedCount += try expectSharedIsAlone(
        Self.graph(file), NetworkFiles.tensors("\(file).input_"), file, threads: 2...4)
    }
    #expect(sharedCount > 600)
  }

  @Test(arguments: ConvolutionSchedule.Sharing.allCases)
  func `convolutions shared as a schedule says give the bits of one thread`(
    sharing: ConvolutionSchedule.Sharing
  ) throws {
    var changedCount = 0
    for file in Self.cases {
      let graph = try Self.graph(file)
      let inputs = try NetworkFiles.tensors("\(file).input_")
      let program = try shared(graph, by: 3)
      let choices = program.convolutions.compactMap { convolution -> (String, ConvolutionChoice)? in
        guard case .direct(var schedule) = convolution.choice.kind else { return nil }
        schedule.sharing = sharing
        let choice = ConvolutionChoice(.direct(schedule))
        return convolution.site.fault(in: choice, target) == nil ? (convolution.site.name, choice) : nil
      }
      if choices.isEmpty { continue }
      let schedule = Schedule(program, choosing: Dictionary(choices, uniquingKeysWith: { $1 }))
      let other = try shared(graph, by: 3, schedule)
      let alone = ProgramExecution(try Planner.plan(graph, for: target)).run(inputs)
      for order in ProgramExecution.Order.allCases {
        expectSame(ProgramExecution(other).run(inputs, order: order), alone, "\(file), \(sharing), \(order)")
      }
      changedCount += 1
    }
    #expect(changedCount > 50)
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
  private func shared(_ graph: OptimizedGraph, by threads: Int, _ schedule: Schedule? = nil) throws -> Program {
    let sharing = WorkSharing(threads: threads, costs: SharingCosts(leastCycles: 0, leastElements: 0))
    return try Planner.plan(graph, for: target, PlanningOptions(sharing: sharing, schedule: schedule))
  }

  /// Executes a graph alone, and shared in both orders of workers.
  ///
  /// - Returns: in how many programs a layer is shared.
  @discardableResult private func expectSharedIsAlone(
    _ graph: OptimizedGraph, _ inputs: [Tensor], _ what: String, threads: ClosedRange<Int>
  ) throws -> Int {
    let alone = ProgramExecution(try Planner.plan(graph, for: target)).run(inputs)
    let programs = try threads.map { try shared(graph, by: $0) }
      .filter { $0.layers.contains { $0.workers.count > 1 } }
    for program in programs {
      let execution = ProgramExecution(program)
      for order in ProgramExecution.Order.allCases {
        expectSame(execution.run(inputs, order: order), alone, "\(what), \(program.threads) threads, \(order)")
      }
    }
    return programs.count
  }

  private func expectSame(_ actual: [Tensor], _ expected: [Tensor], _ what: String) {
    #expect(actual.count == expected.count)
    for (actual, expected) in zip(actual, expected) {
      #expect(actual.storage.bytes.elementsEqual(expected.storage.bytes), "\(what)")
    }
  }

  /// Networks whose packages are built, and for how many threads.
  private static let emitted: KeyValuePairs<String, ClosedRange<Int>> = [
    "tiny": 2...4, "mobilenet_v2": 2...4, "resnet18": 2...2, "resnet50": 3...3, "repvgg_a0": 4...4, "unet_r18": 4...4,
  ]

  /// The small models.
  private static let cases: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: NetworkFiles.folder.path + "/cases")) ?? []
    return files.filter { $0.hasSuffix(".onnx") }.map { "cases/" + $0.dropLast(5) }.sorted()
  }()

  private static func graph(_ name: String) throws -> OptimizedGraph {
    let graph = try NetworkFiles.graph(name)
    return try Passes.run(on: graph)
  }
}
