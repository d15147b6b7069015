import Foundation
import KilnDeploy
import KilnMachine
import KilnPasses
import KilnRuntimeSources

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph

/// Networks of one input and one output in one package with one program, built for a board and run under emulation.
///
/// They are emitted, compiled and linked as a user's network is; only the manifest and the program around them differ.
struct NetworksOnBoard {
  private let folder: URL
  private let names: [String]
  private let program: String
  private let tools: CrossTools

  /// Compiles and builds `graphs`, by the names of their types, in `folder`.
  init(_ graphs: [String: OptimizedGraph], board: Target, tools: CrossTools, folder: URL) throws {
    self.folder = folder
    self.tools = tools
    names = graphs.keys.sorted()
    program = try Self.build(graphs, for: board, sdk: tools.sdk, in: folder)
  }

  /// The bytes of a network's output on the board.
  func output(of name: String, for input: Tensor) throws -> Data {
    guard let index = names.firstIndex(of: name) else { preconditionFailure("no network \(name)") }
    let file = folder.appending(path: "input").path
    try Files.write(input.storage, to: file)
    let output = folder.appending(path: "output").path
    let result = try tools.emulated(program, [String(UnicodeScalar(UInt8(65 + index))), file, output]).run()
    guard result.status == 0 else { throw ToolError("\(name): status \(result.status): \(result.errors)") }
    return try Data(contentsOf: URL(filePath: output))
  }

  private static func build(_ graphs: [String: OptimizedGraph], for target: Target, sdk: String, in folder: URL) throws
    -> String
  {
    let networks = try graphs.sorted { $0.key < $1.key }.map { name, graph in
      PackageEmitter.Network(
        name: name, origin: "a test", program: try Compiler.plan(graph, CompileOptions(target: target)))
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
