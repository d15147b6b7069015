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
  package static var all: [String: String] { embeddedFiles }

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
    let prefix = "Benchmark/"
    let omitted = prefix + (hasThreads ? "OneThread.swift" : "Threads.swift")
    return all.keys.sorted().filter { $0.hasPrefix(prefix) && $0 != omitted }.map { key in
      let name = String(key.dropFirst(prefix.count))
      let text = text(key)
        .replacing("NetworkModule", with: network)
        .replacing("import BenchmarkSystem", with: "import \(system)")
      let path =
        if name.hasSuffix(".swift") {
          "Sources/\(executable)/\(name)"
        } else if name.hasSuffix(".h") {
          "Sources/\(system)/include/\(name)"
        } else {
          "Sources/\(system)/\(name)"
        }
      return File(path: path, text: text)
    }
  }

  static func text(_ name: String) -> String {
    guard let text = all[name] else { preconditionFailure("\(name) is not below KilnRuntimeSources/Carried") }
    return text
  }
}
