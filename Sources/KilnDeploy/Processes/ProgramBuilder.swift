import Foundation
import KilnEmission
import KilnMachine
import KilnRuntimeSources

/// Builds the program of an emitted package for this machine, as Embedded Swift, by calling the compilers directly.
///
/// `swift build` takes seconds to find out what is to be done, and then compiles the network, its benchmark program and what that
/// needs one after the other. Here the network's module is compiled together with the functions by which the benchmark program calls
/// it, and at the same time the rest of that program, which is the same for all networks and is kept in the cache.
package struct ProgramBuilder {
  private let toolchain: SwiftToolchain
  private let emitted: EmittedPackage
  private let target: Target
  private let cache: BinaryCache
  /// Where everything goes.
  private let folder: String

  /// Builds a program, as `PackageBuilder` does where the toolchain has no Embedded Swift for this machine.
  ///
  /// - Parameters:
  ///   - target: what the package was compiled for: this machine.
  ///   - cache: keeps what programs have in common.
  ///   - folder: an empty folder.
  ///   - onProgress: is called with the steps done and all steps.
  /// - Returns: the program's path.
  /// - Throws: `ToolError` when there is no `swift` or it lacks something to do its work, `BuildError` when it rejects the
  ///   package, `FileError`, `Interruption`.
  package static func build(
    _ package: EmittedPackage, for target: Target, cache: BinaryCache, in folder: String,
    onProgress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> String {
    let path = "\(folder)/package"
    try Files.write(package, to: path)
    guard let toolchain = try SwiftToolchain.embedded() else {
      return try PackageBuilder.build(
        package.benchmarkName, package: path, scratch: "\(folder)/scratch", onProgress: onProgress)
    }
    return try ProgramBuilder(toolchain: toolchain, emitted: package, target: target, cache: cache, folder: folder)
      .build(onProgress: onProgress)
  }

  private func build(onProgress: @escaping @Sendable (Int, Int) -> Void) throws -> String {
    for module in [weightsModule, systemModule] { try writeModuleMap(module, in: headers(of: module)) }
    let weights = sources("Sources/\(weightsModule)/", ".c")
    let steps = weights.count + 3
    onProgress(0, steps)
    // What takes longest begins first.
    let jobs: [@Sendable () throws -> Void] =
      [{ try compileNetwork() }, { try makeBenchmark() }] + weights.map { source in { try compileC(source) } }
    try ConcurrentJobs.run(jobs) { done, _ in onProgress(done, steps) }
    let program = "\(folder)/\(emitted.benchmarkName)"
    try run(
      "clang",
      ["-fuse-ld=lld", "-Wl,--gc-sections", "-o", program, networkObject, benchmarkObject] + weights.map { "\($0).o" }
        + ["-lm", "-lpthread"])
    onProgress(steps, steps)
    return program
  }

  // MARK: The network

  private var package: String { "\(folder)/package" }
  private var weightsModule: String { emitted.weightsName }
  private var systemModule: String { RuntimeSources.benchmarkSystemName(network: emitted.name) }
  private var networkObject: String { "\(folder)/network.o" }

  private func sources(_ prefix: String, _ suffix: String) -> [String] {
    emitted.files.map(\.path).filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.map { "\(package)/\($0)" }
  }

  private func headers(of module: String) -> String { "\(package)/Sources/\(module)/include" }

  /// SwiftPM makes such maps by itself.
  private func writeModuleMap(_ module: String, in folder: String) throws {
    try Files.write("module \(module) { umbrella \".\" export * }\n", to: "\(folder)/module.modulemap")
  }

  private func compileNetwork() throws {
    let functions = RuntimeSources.networkFunctions.flatMap { sources("Sources/\(emitted.benchmarkName)/", "/\($0)") }
    try compileSwift(
      sources("Sources/\(emitted.name)/", ".swift") + functions.sorted(), as: emitted.name, into: networkObject,
      headers: [weightsModule, systemModule].map(headers))
  }

  // MARK: What programs have in common

  private var benchmarkObject: String { "\(folder)/benchmark.o" }

  private func makeBenchmark() throws {
    let files = RuntimeSources.benchmarkProgram
    let key = CacheKey(
      files: [],
      options: ["benchmark", toolchain.version] + Self.swiftFlags + Self.cFlags + files.flatMap { [$0.path, $0.text] },
      target: target, program: "")
    try cache.share(key, at: benchmarkObject) {
      let folder = "\(folder)/benchmark"
      try Files.makeFolder(folder)
      for file in files { try Files.write(file.text, to: "\(folder)/\(file.path)") }
      try writeModuleMap("BenchmarkSystem", in: folder)
      func paths(_ suffix: String) -> [String] {
        files.map { "\(folder)/\($0.path)" }.filter { $0.hasSuffix(suffix) }
      }
      let module = "\(folder)/benchmark.o"
      try compileSwift(paths(".swift"), as: "Benchmark", into: module, headers: [folder])
      for source in paths(".c") { try compileC(source) }
      try run("ld.lld", ["-r", "-o", benchmarkObject, module] + paths(".c").map { "\($0).o" })
    }
  }

  // MARK: Compilers

  /// Those that the driver would pass on: the frontend is called without it, which saves the time of one more program.
  private static let swiftFlags = [
    "-frontend", "-c", "-O", "-parse-as-library", "-enable-experimental-feature", "Embedded", "-function-sections",
    "-disable-objc-interop", "-empty-abi-descriptor", "-no-color-diagnostics",
  ]
  private static let cFlags = ["-c", "-O2", "-ffunction-sections"]

  private func compileSwift(_ sources: [String], as module: String, into object: String, headers: [String]) throws {
    let files = [
      "-target", toolchain.triple, "-module-cache-path", "\(folder)/modules", "-module-name", module, "-o", object,
    ]
    let machine = target.compilerFlags.flatMap { ["-Xcc", $0] }
    try run("swift-frontend", Self.swiftFlags + files + headers.flatMap { ["-I", $0] } + machine + sources)
  }

  private func compileC(_ source: String) throws {
    let headers = "\(URL(filePath: source).deletingLastPathComponent().path)/include"
    try run("clang", target.compilerFlags + Self.cFlags + ["-I", headers, "-o", "\(source).o", source])
  }

  private func run(_ name: String, _ arguments: [String]) throws {
    let result = try Subprocess(toolchain.program(name), arguments).run()
    try BuildError.check(result, of: name, building: emitted.benchmarkName)
  }
}
