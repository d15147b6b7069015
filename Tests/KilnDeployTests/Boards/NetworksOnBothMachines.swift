import Foundation
import KilnDeploy
import KilnMachine
import KilnONNX
import KilnRuntimeSources

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnPasses

/// Networks of one input and one output in one package with one program, built for this machine and for a board.
///
/// They are emitted, compiled and linked as a user's network is; only the manifest and the program around them differ.
struct NetworksOnBothMachines {
  private let folder: URL
  private let names: [String]
  private let hostProgram: String
  private let boardProgram: String
  private let tools: CrossTools

  /// Imports, compiles and builds `models`, by the names of their types, in `folder`.
  init(_ models: [String: URL], board: Target, tools: CrossTools, folder: URL) throws {
    self.folder = folder
    self.tools = tools
    names = models.keys.sorted()
    hostProgram = try Self.build(models, for: HostTarget.detect(), sdk: nil, in: folder.appending(path: "host"))
    boardProgram = try Self.build(models, for: board, sdk: tools.sdk, in: folder.appending(path: "board"))
  }

  /// The bytes of a network's output on this machine, and on the board.
  func outputs(of name: String, for input: Tensor) throws -> (host: Data, board: Data) {
    guard let index = names.firstIndex(of: name) else { preconditionFailure("no network \(name)") }
    let file = folder.appending(path: "input").path
    try Files.write(input.storage, to: file)
    let results = try [Subprocess(hostProgram, []), tools.emulated(boardProgram, [])].map { process in
      var process = process
      let output = folder.appending(path: "output").path
      process.arguments += [String(UnicodeScalar(UInt8(65 + index))), file, output]
      let result = try process.run()
      guard result.status == 0 else { throw ToolError("\(name): status \(result.status): \(result.errors)") }
      return try Data(contentsOf: URL(filePath: output))
    }
    return (results[0], results[1])
  }

  private static func build(_ models: [String: URL], for target: Target, sdk: String?, in folder: URL) throws -> String
  {
    let networks = try models.sorted { $0.key < $1.key }.map { name, model in
      let graph = try Passes.run(on: ONNXImporter.importGraph(at: model.path), options: PassOptions()).graph
      return PackageEmitter.Network(name: name, origin: "a test", program: try Compiler.plan(graph, for: target))
    }
    var files = PackageEmitter.modules(networks, named: "Networks", for: target)
    func add(_ path: String, _ text: String) { files.append(.init(path: path, contents: .text(text))) }
    add("Package.swift", manifest(target))
    add("Sources/runner/Runner.swift", runner(networks.map(\.name)))
    for name in ["BenchmarkSystem.h", "BenchmarkSystem.c"] {
      let place = name.hasSuffix(".h") ? "include/" : ""
      add("Sources/BenchmarkSystem/\(place)\(name)", RuntimeSources.all["Benchmark/\(name)"] ?? "")
    }
    try EmittedPackage(name: "Networks", benchmarkName: "runner", files: files).write(to: folder)
    return try PackageBuilder.build(
      "runner", package: folder.path, scratch: folder.appending(path: ".build").path, sdk: sdk)
  }

  private static func manifest(_ target: Target) -> String {
    """
    // swift-tools-version: 6.2
    import PackageDescription
    let machine = \(target.compilerFlags)
    let swift: [SwiftSetting] = [.unsafeFlags(machine.flatMap { ["-Xcc", $0] })]
    let package = Package(
      name: "Networks",
      targets: [
        .target(name: "NetworksWeights", exclude: ["NetworksWeights.bin"], cSettings: [.unsafeFlags(machine)]),
        .target(name: "Networks", dependencies: ["NetworksWeights"], swiftSettings: swift),
        .target(name: "BenchmarkSystem"),
        .executableTarget(name: "runner", dependencies: ["Networks", "BenchmarkSystem"], swiftSettings: swift),
      ])
    """
  }

  /// `runner LETTER INPUT OUTPUT` runs the network of that letter, A being the first.
  private static func runner(_ names: [String]) -> String {
    let cases = names.enumerated().map { index, name in
      """
          case \(65 + index):
            run(\(name).inputByteCount(0), \(name).outputByteCount(0), \(name).arenaByteCount) {
              \(name).predict(inputs: $0, outputs: $1, arena: $2)
            }
      """
    }.joined(separator: "\n")
    return """
      import BenchmarkSystem
      import Networks

      func run(
        _ inputByteCount: Int, _ outputByteCount: Int, _ arenaByteCount: Int,
        _ predict: (UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, UnsafeMutableRawPointer) -> Void
      ) {
        var byteCount: Int64 = 0
        let source = benchmark_open_input(benchmark_arguments()[2]!, &byteCount)
        let destination = benchmark_open_output(benchmark_arguments()[3]!)
        let input = benchmark_map(Int64(inputByteCount))!
        let output = benchmark_map(Int64(outputByteCount))!
        let arena = benchmark_map(Int64(arenaByteCount))!
        guard byteCount == Int64(inputByteCount), benchmark_read(source, input, byteCount) == 0 else { benchmark_exit(65) }
        var inputs = UnsafeRawPointer(input)
        var outputs = output
        predict(&inputs, &outputs, arena)
        benchmark_exit(benchmark_write(destination, output, Int64(outputByteCount)))
      }

      @main
      enum Runner {
        static func main() {
          switch benchmark_arguments()[1]![0] {
      \(cases)
          default: benchmark_exit(64)
          }
        }
      }
      """
  }
}
