import Foundation
import KilnEmission
import KilnMachine

/// Builds libraries with the programs of the Swift toolchain: Embedded Swift and C, linked into one object whose only global
/// names are the header's.
///
/// A program may link several such libraries, each compiled for other instructions: nothing of one is taken for another's.
package struct LibraryBuilder {
  private let library: EmittedLibrary
  private let target: Target
  /// Where sources and objects go.
  private let folder: String
  private let toolchain: SwiftToolchain
  /// The folder of the Swift SDK for another machine than this one.
  private let sdk: String?

  /// Builds a library elsewhere, and puts it into a folder with the files for its users when all is done.
  ///
  /// - Parameters:
  ///   - target: the machine that it was compiled for.
  ///   - output: the folder, which may hold other files.
  ///   - onProgress: is called with the steps done and all steps.
  /// - Returns: the bytes of the library's file.
  /// - Throws: what `init` and `build` throw, and `FileDelivery`.
  package static func build(
    _ library: EmittedLibrary, _ form: EmittedLibrary.Form, for target: Target, into output: String,
    onProgress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    let temporary = FileManager.default.temporaryDirectory.path
    return try ScratchFolder.use(in: temporary, prefix: "kiln-build-") { scratch in
      let path = try LibraryBuilder(library, for: target, in: scratch).build(form, onProgress: onProgress)
      let companions = library.companions(form)
      try Files.write(companions, to: "\(scratch)/companions")
      let texts = companions.map { (name: $0.path, path: "\(scratch)/companions/\($0.path)") }
      try FileDelivery.deliver([(name: library.fileName(form), path: path)] + texts, to: output)
      return try Files.size(path)
    }
  }

  /// Prepares to build a library.
  ///
  /// - Parameters:
  ///   - target: the machine that it was compiled for.
  ///   - folder: an empty folder for what building needs and makes.
  /// - Throws: `ToolError` when something is not installed, with what installs it; `FileError`.
  init(_ library: EmittedLibrary, for target: Target, in folder: String) throws {
    (self.library, self.target, self.folder) = (library, target, folder)
    toolchain = try SwiftToolchain()
    let tools = CrossTools(for: target)
    try tools?.requireForBuilding()
    sdk = tools?.sdkFolder.map { "\($0)/sdk" }
    guard sdk != nil || toolchain.hasEmbedded else {
      throw ToolError(
        "this Swift toolchain has no Embedded Swift for \(target.triple), which libraries are written in; "
          + SwiftToolchain.remedy)
    }
  }

  /// Builds the library.
  ///
  /// - Parameter onProgress: is called with the steps done and all steps.
  /// - Returns: the path of the library's file.
  /// - Throws: `ToolError` when a program lacked something to do its work, `BuildError` when it rejects its input,
  ///   `LibraryFault`, `FileError`, `Interruption`.
  func build(
    _ form: EmittedLibrary.Form, onProgress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> String {
    let steps = cSources.count + 3
    onProgress(0, steps)
    try Files.write(library.sources, to: folder)
    let jobs: [@Sendable () throws -> Void] =
      [{ try compileModule() }] + cSources.map { source in { try compile(source) } }
    try ConcurrentJobs.run(jobs) { done, _ in onProgress(done, steps) }
    let object = try joined([moduleObject] + cSources.map { "\($0).o" })
    try LibraryFault.check(try symbols(of: object), of: library)
    onProgress(steps - 1, steps)
    let path = "\(folder)/\(library.fileName(form))"
    switch form {
    case .static: try run("llvm-ar", ["rcsD", path, object])
    case .shared: try link(object, to: path)
    }
    onProgress(steps, steps)
    return path
  }

  // MARK: Compiling

  private var weights: String { "\(folder)/Sources/\(library.weightsModule)" }

  /// The sources of one kind.
  private func sources(_ suffix: String) -> [String] {
    library.sources.map { "\(folder)/\($0.path)" }.filter { $0.hasSuffix(suffix) }.sorted()
  }

  private var cSources: [String] { sources(".c") }

  /// What clang must know of the machine.
  private var clangTarget: [String] {
    let system = sdk.map { ["--target=\(target.triple)", "--sysroot=\($0)/root"] } ?? []
    return system + target.compilerFlags
  }

  private func compile(_ source: String) throws {
    // Else atomics are calls of libgcc's, which chooses instructions at run time.
    let atomics = target.triple.hasPrefix("aarch64") ? ["-mno-outline-atomics"] : []
    let flags = ["-c", "-O2", "-fPIC", "-ffunction-sections", "-I", "\(weights)/include", "-o", "\(source).o", source]
    try run("clang", clangTarget + atomics + flags)
  }

  private var moduleObject: String { "\(folder)/\(library.module).o" }

  private func compileModule() throws {
    let system = sdk.map { ["-target", target.triple, "-resource-dir", "\($0)/swift", "-sdk", "\($0)/root"] } ?? []
    let flags = [
      "-c", "-O", "-wmo", "-parse-as-library", "-enable-experimental-feature", "Embedded", "-no-allocations",
      "-Xfrontend", "-function-sections", "-module-cache-path", "\(folder)/modules", "-module-name", library.module,
      "-I", "\(weights)/include", "-o", moduleObject,
    ]
    try run("swiftc", system + flags + target.compilerFlags.flatMap { ["-Xcc", $0] } + sources(".swift"))
  }

  // MARK: Linking

  /// One object of what the functions of the header need, with no other global name than theirs.
  private func joined(_ objects: [String]) throws -> String {
    let whole = "\(folder)/whole.o"
    let roots = library.functions.flatMap { ["-u", $0] }
    try run("ld.lld", ["-r", "--gc-sections", "--entry", library.functions[0]] + roots + ["-o", whole] + objects)
    let object = "\(folder)/\(library.name).o"
    let kept = library.functions.map { "--keep-global-symbol=\($0)" }
    try run("llvm-objcopy", kept + ["--strip-unneeded", "--remove-section=.comment", whole, object])
    return object
  }

  private func link(_ object: String, to path: String) throws {
    let options = ["-soname", library.fileName(.shared), "--no-undefined", "--as-needed", "-z", "noexecstack", "-s"]
    try run(
      "clang",
      clangTarget + ["-shared", "-nostartfiles", "-fuse-ld=lld"] + options.flatMap { ["-Xlinker", $0] }
        + ["-o", path, object, "-lm"] + (library.hasThreads ? ["-lpthread"] : []))
  }

  /// The global names of an object.
  private func symbols(of object: String) throws -> (defined: Set<String>, undefined: Set<String>) {
    func names(_ option: String) throws -> Set<String> {
      let output = try run("llvm-nm", ["--extern-only", "--just-symbol-name", option, object])
      return Set(output.split(whereSeparator: \.isWhitespace).map(String.init))
    }
    return (try names("--defined-only"), try names("--undefined-only"))
  }

  /// What a program of the toolchain says on standard output.
  @discardableResult private func run(_ name: String, _ arguments: [String]) throws -> String {
    let result = try Subprocess(toolchain.program(name), arguments).run()
    try BuildError.check(result, of: name, building: "lib\(library.name)")
    return result.output
  }
}

/// A built library that shows or asks for what it must not: a defect of Kiln's.
package struct LibraryFault: Error, CustomStringConvertible {
  /// One line.
  package let description: String

  /// The allocators of the C library.
  private static let allocators: Set = [
    "malloc", "calloc", "realloc", "reallocarray", "free", "memalign", "posix_memalign", "aligned_alloc", "valloc",
    "pvalloc", "strdup",
  ]

  /// Throws unless a library defines the header's functions only, and asks neither for an allocator nor for Swift's library.
  static func check(_ symbols: (defined: Set<String>, undefined: Set<String>), of library: EmittedLibrary) throws {
    let others = symbols.defined.symmetricDifference(library.functions)
    let forbidden = symbols.undefined.filter { allocators.contains($0) || $0.hasPrefix("swift_") || $0.hasPrefix("$") }
    guard let name = (others.sorted() + forbidden.sorted()).first else { return }
    let what = others.isEmpty ? "asks for" : "has other functions than its header:"
    throw LibraryFault(description: "lib\(library.name) \(what) \(name)")
  }
}
