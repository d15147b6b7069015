import KilnCarriedFiles

/// The files that `kiln` carries inside itself: what is copied into emitted packages, and the machines it knows.
package enum RuntimeSources {
  /// A file of an emitted package.
  package struct File: Hashable, Sendable {
    /// Its path in the package.
    package let path: String
    /// Its text.
    package let text: String
  }

  /// Everything carried, by folder and name, for instance `KilnRuntime/Vector.swift`.
  package static let all: [String: String] = {
    var files: [String: String] = [:]
    while let file = kiln_carried_file(files.count)?.pointee {
      files[String(cString: file.name)] = String(
        decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }
    return files
  }()

  /// The words of all Swift files carried, outside comments and literals.
  package static var words: Set<String> {
    all.filter { $0.key.hasSuffix(".swift") }.values.reduce(into: []) { words, text in
      words.formUnion(SourceNames.words(of: text).map(String.init))
    }
  }

  /// The text of KilnIntrinsics.h.
  package static var intrinsicsHeader: String { text("KilnIntrinsics/include/KilnIntrinsics.h") }

  /// The text of KilnHalves.h.
  package static var halvesHeader: String { text("KilnIntrinsics/include/KilnHalves.h") }

  /// The text of KilnIntegers.h.
  package static var integersHeader: String { text("KilnIntrinsics/include/KilnIntegers.h") }

  /// The texts of KilnThreads.h and KilnThreads.c, whose functions begin with `prefix`: a program may hold several networks.
  package static func threads(prefix: String) -> (header: String, source: String) {
    func text(_ name: String) -> String {
      Self.text("KilnIntrinsics/\(name)").replacing("kiln_threads", with: "\(prefix)_threads")
    }
    return (text("include/KilnThreads.h"), text("KilnThreads.c"))
  }

  /// The text of every file of Targets/, by the machine's name.
  package static var targets: [String: String] {
    let folder = "Targets/", suffix = ".json"
    let files = all.filter { $0.key.hasPrefix(folder) }
    return Dictionary(
      uniqueKeysWithValues: files.map { (String($0.key.dropFirst(folder.count).dropLast(suffix.count)), $0.value) })
  }

  /// The texts of the report's files whose names end so, in the order of their names.
  package static func report(_ ending: String) -> String {
    all.filter { $0.key.hasPrefix("Report/") && $0.key.hasSuffix(ending) }.sorted { $0.key < $1.key }
      .map(\.value).joined()
  }

  /// The script that proves that a package allocates nothing, and what it reads: names and texts.
  package static var proof: [File] {
    ["prove-no-allocation", "common.bash"].map { File(path: $0, text: text("toolchain/\($0)")) }
  }

  /// The name of the C target that the benchmark program of `network` uses, unique among packages as the network's is.
  package static func benchmarkSystemName(network: String) -> String { "\(network)BenchmarkSystem" }

  /// The files of the benchmark program: a Swift target `executable`, which depends on the target `network` and on the
  /// C target `benchmarkSystemName(network:)`.
  ///
  /// - Parameters:
  ///   - network: the network's module, which is also its type's name.
  ///   - executable: the program's name, for instance `mobilenetv2-benchmark`.
  ///   - hasThreads: whether several threads share an inference.
  package static func benchmark(network: String, executable: String, hasThreads: Bool = false) -> [File] {
    let system = benchmarkSystemName(network: network)
    return benchmarkFiles.filter { $0.path != (hasThreads ? "OneThread.swift" : "Threads.swift") }.map { file in
      let folder =
        file.path.hasSuffix(".swift") ? executable : file.path.hasSuffix(".h") ? "\(system)/include" : system
      let text = file.text.replacing("NetworkModule", with: network)
        .replacing("import BenchmarkSystem", with: "import \(system)")
      return File(path: "Sources/\(folder)/\(file.path)", text: text)
    }
  }

  /// The files of the benchmark program that are the same for every network: Swift, C, and the headers of the C module
  /// `BenchmarkSystem`.
  package static var benchmarkProgram: [File] { benchmarkFiles.filter { !networkFunctions.contains($0.path) } }

  private static var benchmarkFiles: [File] {
    all.keys.sorted().filter { $0.hasPrefix(benchmarkPrefix) }.map { key in
      File(path: String(key.dropFirst(benchmarkPrefix.count)), text: text(key))
    }
  }

  /// The names of the Swift files of the benchmark program that tell it of one network.
  package static let networkFunctions: Set = ["NetworkFunctions.swift", "OneThread.swift", "Threads.swift"]

  private static let benchmarkPrefix = "Benchmark/"

  static func text(_ name: String) -> String {
    guard let text = all[name] else { preconditionFailure("\(name) is not among the carried files") }
    return text
  }
}
