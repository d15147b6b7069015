import Foundation
import KilnCompiler
import KilnGraph
import KilnMachine
import KilnPasses
import Testing

@testable import KilnDeploy
@testable import KilnLowering
@testable import KilnPlanning

/// Networks that own their memory, called from an ordinary Swift program.
@Suite(.serialized)
struct OwnedNetworkTests {
  /// A network of three inputs, one of them empty, and of floats, indices and booleans as outputs; its names mean something in Swift
  /// or in what is emitted.
  private func graph(named name: String) throws -> Graph {
    var graph = Graph()
    let image = graph.addInput("image", TensorType(.float32, [2, 3]))
    let offset = graph.addInput(name, TensorType(.int64, [2, 1]))
    let none = graph.addInput("class", TensorType(.float32, [0, 3]))
    let search = ArgReduction(findsMinimum: false, axis: 1, keepsAxis: true, selectsLast: false)
    let best = try graph.insert(search, name: "best", inputs: [image])[0]
    let rectified = try graph.insert(Unary(.relu), name: "relu", inputs: [image])[0]
    graph.addOutput("Network", rectified)
    graph.addOutput("arena", try graph.insert(Binary(.add), name: "sum", inputs: [best, offset])[0])
    graph.addOutput("is positive", try graph.insert(Cast(to: .bool), name: "cast", inputs: [rectified])[0])
    graph.addOutput("rest", try graph.insert(Unary(.relu), name: "none", inputs: [none])[0])
    return graph
  }

  @Test func `a program gives and takes arrays, with one thread and with several`() throws {
    try withTemporaryFolder { folder in
      for (name, threads) in [("Alone", 1), ("Shared", 2)] {
        let costs = SharingCosts(leastCycles: 0, leastElements: 0)
        let options = PlanningOptions(sharing: WorkSharing(threads: threads, costs: costs))
        let program = try Planner.plan(Passes.run(on: graph(named: name)), for: HostTarget.detect(), options)
        let package = Compiler.emit(program, name: name, origin: "a test")
        try package.write(to: folder.appending(path: name))
      }
      let caller = folder.appending(path: "Caller")
      try Files.makeFolder(caller.appending(path: "Sources/Caller").path)
      try Files.write(Self.manifest, to: caller.appending(path: "Package.swift").path)
      try Files.write(Self.program, to: caller.appending(path: "Sources/Caller/main.swift").path)
      let path = try PackageBuilder.build("Caller", package: caller.path, scratch: folder.appending(path: "b").path)
      let result = try Subprocess(path, []).run()
      #expect(result.status == 0, "\(result.errors)")
      let sums = """
        [0.0, 2.0, 1.0, 4.0, 0.0, 3.0] [11, 20] [0, 1, 1, 1, 0, 1] []
        [0.0, 2.0, 1.0, 4.0, 0.0, 3.0] [1, 0] [0, 1, 1, 1, 0, 1] []

        """
      #expect(result.output == "\(sums)\(sums)2\n")
      let wrong = try Subprocess(path, ["wrong"]).run()
      #expect(wrong.status > 128)
    }
  }

  private static let manifest = """
    // swift-tools-version: 6.2
    import PackageDescription
    let package = Package(
      name: "Caller", dependencies: [.package(path: "../Alone"), .package(path: "../Shared")],
      targets: [.executableTarget(name: "Caller", dependencies: ["Alone", "Shared"])])
    """

  private static let program = """
    import Alone
    import Shared

    let image: [Float] = [-1, 2, 1, 4, -5, 3]
    let count = CommandLine.arguments.count > 1 ? 5 : 6
    var alone = Alone.Network()
    for offsets in [[10, 20], [0, 0]] as [[Int64]] {
      let (network, indices, positive, rest) = alone.predict(image: Array(image.prefix(count)), Alone: offsets, class_2: [])
      print(network, indices, positive, rest)
    }
    // In another task, which takes it along.
    let threads = await Task.detached {
      var shared = Shared.Network()
      for offsets in [[10, 20], [0, 0]] as [[Int64]] {
        let results = shared.predict(image: [-1, 2, 1, 4, -5, 3], Shared: offsets, class_2: [])
        print(results.Network_2, results.arena_2, results.is_positive, results.rest)
      }
      return shared.threadCount
    }.value
    print(threads)
    """
}
