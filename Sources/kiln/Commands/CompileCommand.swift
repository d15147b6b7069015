import Foundation
import KilnDeploy
import KilnEmission
import KilnLowering
import KilnPasses
import KilnPlanning

/// `kiln compile`: from a model to a Swift package.
enum CompileCommand: Command {
  static let description = CommandDescription(
    "compile", "Turn a model into a self-contained Swift package.", operand: "MODEL.onnx",
    options: [
      CompileArguments.name,
      .init("output", value: "DIR", "The package's folder [the network's name, in the current folder]"),
      .init("sources", value: "swift|c", "Write only these sources to DIR, with names that don't depend on the model"),
      .init("check", "Prove that the package allocates no memory: three checks, a line each"),
    ] + CompileArguments.buildOptions,
    notes: """
      The package is written beside DIR and moved into place at the end. A folder that Kiln wrote before is replaced;
      any other is left alone.
      --sources is for build systems, such as SwiftPM's plugin KilnNetworks, that must know the files' names beforehand.
      --check compiles the package with -no-allocations, looks for allocators among what its program asks for, and reads
      the trace of its system calls under qemu. It works for aarch64 targets, with what toolchain/setup installs.
      \(PictureArguments.notes)
      \(ImageArguments.notes)
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let folder = arguments.value("output") ?? compile.typeName
    guard !folder.isEmpty else { throw UsageError("--output needs a folder's name") }
    let target = compile.compileOptions.target
    guard !arguments.has("check") || target.triple.hasPrefix("aarch64") else {
      throw UsageError("--check is for aarch64 targets, which '\(target.name)' is not: --target raspberry-pi-4")
    }
    let part = try arguments.value("sources").map { text in
      guard let part = SourcePart(rawValue: text) else {
        throw UsageError("--sources '\(text)' is neither swift nor c")
      }
      guard !arguments.has("check") else { throw UsageError("--check is for packages: leave out --sources") }
      return part
    }
    let progress = Progress()
    let pipeline = try Pipeline(compile, progress, measuresLayers: true)
    let program = try pipeline.program(pipeline.optimized(pipeline.importedGraph()))
    if let part {
      try Files.write(pipeline.sources(part, of: program), to: folder)
      return .success
    }
    let package = pipeline.package(program)
    let former = AtomicDirectory.sources(at: folder)
    try AtomicDirectory.replace(at: folder) { try Files.write(package, to: $0) }

    let weights = program.weightByteCount
    let sdk = CrossTools(for: program.target).map { " --swift-sdk \($0.sdk)" } ?? ""
    let time =
      sdk.isEmpty
      ? "swift run -c release --package-path \(folder) \(package.benchmarkName) bench --layers"
      : "on the board: \(package.benchmarkName) bench --layers"
    print(
      """
      \(folder): \(package.name) for \(program.target.name), \(program.layers.count) layers, \
      \(Quantity.bytes(weights)) of weights, an arena of \(Quantity.bytes(program.arenaMemoryByteCount))
      Build it: swift build -c release\(sdk) --package-path \(folder)
      Time it:  \(time)
      """)
    // SwiftPM looks for new files when the manifest of the package that is built has changed, and in that package only.
    if !former.isEmpty, former != AtomicDirectory.sources(at: folder) {
      print("It has other files than before: 'touch Package.swift' in packages that use it")
    }
    let meetsGoal = try pipeline.reportPrecision()
    guard arguments.has("check") else { return meetsGoal ? .success : .checkFailed }
    progress.begin("checking \(folder)")
    defer { progress.end() }
    let holds = try AllocationProof.holds(package: folder) { line in
      progress.end()
      print(line)
    }
    return holds && meetsGoal ? .success : .checkFailed
  }
}
