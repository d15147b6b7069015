import Foundation
import KilnCompiler
import KilnDeploy

/// `kiln compile`: from a model to a Swift package.
enum CompileCommand: Command {
  static let description = CommandDescription(
    "compile", "Turn a model into a self-contained Swift package.", operand: "MODEL.onnx",
    options: [
      .init("name", value: "NAME", "Name of the network's type and package; made from the file's name otherwise"),
      .init("output", value: "DIR", "The package's folder [the network's name, in the current folder]"),
    ] + CompileArguments.buildOptions,
    notes: """
      The package is written beside DIR and moved into place at the end. A folder that Kiln wrote before is replaced;
      any other is left alone.
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let folder = arguments.value("output") ?? compile.typeName
    guard !folder.isEmpty else { throw UsageError("--output needs a folder's name") }
    let progress = Progress()
    let pipeline = Pipeline(compile, progress)
    let program = try pipeline.program(pipeline.optimized(pipeline.importedGraph()).graph)
    let package = pipeline.package(program)
    try AtomicDirectory.replace(at: folder) { try package.write(to: URL(filePath: $0)) }

    let weights = program.tables.reduce(0) { $0 + $1.byteCount }
    let sdk = CrossTools(for: program.target).map { " --swift-sdk \($0.sdk)" } ?? ""
    let time =
      sdk.isEmpty
      ? "swift run -c release --package-path \(folder) \(package.benchmarkName) bench --layers"
      : "on the board: \(package.benchmarkName) bench --layers"
    print(
      """
      \(folder): \(package.name) for \(program.target.name), \(program.layers.count) layers, \
      \(Quantity.bytes(weights)) of weights, an arena of \(Quantity.bytes(program.arenaByteCount))
      Build it: swift build -c release\(sdk) --package-path \(folder)
      Time it:  \(time)
      """)
    return .success
  }
}
