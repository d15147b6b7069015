import KilnKernels
import KilnLowering
import KilnMachine
import KilnPlanning
import KilnRuntimeSources

/// Prints programs as Swift source.
package enum PackageEmitter {
  /// A program under the name of its type.
  package struct Network {
    /// A Swift identifier.
    package var name: String
    /// What the network was made from, for the headers.
    package var origin: String
    /// The network.
    package var program: Program

    /// Makes a network.
    package init(name: String, origin: String, program: Program) {
      self.name = name
      self.origin = origin
      self.program = program
    }
  }

  /// The package of one network: its library and its benchmark program.
  package static func package(_ network: Network) -> EmittedPackage {
    let benchmarkName = "\(network.name.lowercased())-benchmark"
    let manifest = PackageManifest(
      name: network.name, benchmarkName: benchmarkName, weightsName: WeightsModule.name(for: network.name),
      target: network.program.target)
    var files = [EmittedPackage.File(path: "Package.swift", contents: .text(manifest.text))]
    let readme = PackageReadme(network: network, benchmarkName: benchmarkName)
    files.append(EmittedPackage.File(path: "README.md", contents: .text(readme.text)))
    files += modules([network], named: network.name, for: network.program.target)
    let ownedPath = "Sources/\(network.name)/\(network.name)+\(OwnedNetworkSource.typeName).swift"
    files.append(EmittedPackage.File(path: ownedPath, contents: .text(OwnedNetworkSource(network).text)))
    let benchmark = RuntimeSources.benchmark(
      network: network.name, executable: benchmarkName, hasThreads: network.program.threads > 1)
    files += benchmark.map { EmittedPackage.File(path: $0.path, contents: .text($0.text)) }
    return EmittedPackage(name: network.name, benchmarkName: benchmarkName, files: files)
  }

  /// The files of a module that holds networks, their kernels each once, and of the C module of their constants.
  static func modules(_ networks: [Network], named module: String, for target: Target) -> [EmittedPackage.File] {
    var weights = WeightsModule(
      network: module,
      parts: networks.map { networks.count == 1 ? ("", $0.program.tables) : ($0.name, $0.program.tables) },
      hasThreads: networks.contains { $0.program.threads > 1 })
    var files: [EmittedPackage.File] = []
    func add(_ path: String, _ text: String) {
      files.append(EmittedPackage.File(path: "Sources/\(path)", contents: .text(text)))
    }
    let calls = networks.flatMap { $0.program.layers.flatMap(\.allCalls) }
    let tiles = tiles(of: calls).map { (name: $0.name, source: $0.source(for: target)) }
    var runtimeFiles = tiles.reduce(into: Set()) { $0.formUnion(RuntimeFile.used(by: $1.source)) }
    var sources = tiles.map(\.source)
    for (index, network) in networks.enumerated() {
      let source = NetworkSource(
        name: network.name, origin: network.origin, program: network.program, weights: weights, part: index
      ).text
      add("\(module)/\(network.name).swift", source)
      sources.append(source)
      runtimeFiles.formUnion(Self.runtimeFiles(of: network, printedAs: source))
    }
    let kernels = RuntimeFile.texts(of: RuntimeFile.needed(for: runtimeFiles), usedBy: sources)
    let neededFiles = kernels.map(\.file)
    weights.hasHalves = neededFiles.contains(.halves)
    weights.hasIntegers = weights.hasHalves || neededFiles.contains { $0 == .integerVectors || $0 == .byteProducts }
    for (file, runtimeText) in kernels {
      var text = runtimeText.replacing("import KilnIntrinsics", with: "import \(weights.name)")
      if let choice = vectorChoice(file, target) { text.replace(vectorsOfTests, with: choice) }
      add("\(module)/Kernels/\(file.name)", text)
    }
    for tile in tiles {
      // Sums are numbered by pixel and vector.
      add(
        "\(module)/Kernels/\(tile.name).swift",
        "// swift-format-ignore-file: AlwaysUseLowerCamelCase\n\n" + tile.source)
    }
    add("\(weights.name)/include/\(weights.name).h", weights.header)
    add("\(weights.name)/include/KilnIntrinsics.h", RuntimeSources.intrinsicsHeader)
    if weights.hasHalves { add("\(weights.name)/include/KilnHalves.h", RuntimeSources.halvesHeader) }
    if weights.hasIntegers {
      add("\(weights.name)/include/KilnIntegers.h", RuntimeSources.integersHeader)
    }
    add("\(weights.name)/\(weights.name).c", weights.source)
    if weights.hasThreads {
      let threads = RuntimeSources.threads(prefix: weights.name)
      add("\(weights.name)/include/KilnThreads.h", threads.header)
      add("\(weights.name)/KilnThreads.c", threads.source)
    }
    files.append(
      EmittedPackage.File(path: "Sources/\(weights.name)/\(weights.name).bin", contents: .bytes(weights.bytes)))
    return files
  }

  /// The lines of a file that choose vectors by the tests' flags: an emitted program has those for its target.
  private static var vectorsOfTests: Regex<Substring> { /#if KILN_4_LANES[^\n]*\n(?:[^#]|#else)*#endif\n/ }

  /// What takes the place of those lines; `nil` for files that have none.
  private static func vectorChoice(_ file: RuntimeFile, _ target: Target) -> String? {
    switch file {
    case .vector: "typealias Vector = SIMD\(target.vectorWidth)<Float>\n"
    case .integerVectors:
      "typealias Sums = SIMD\(target.sumLanes)<Int32>\ntypealias SumNumbers = SIMD\(target.sumLanes)<Float>\n"
    default: nil
    }
  }

  /// The runtime's files that a network's calls name and that its source uses, and the files that these need.
  private static func runtimeFiles(of network: Network, printedAs source: String) -> [RuntimeFile] {
    let named = network.program.layers.flatMap(\.allCalls).flatMap(\.kernel.files)
    var files = RuntimeFile.needed(for: RuntimeFile.used(by: source).union(named))
    // Vector kernels take it as a type of elements.
    if files.contains(.vector), source.contains("Float16") { files = RuntimeFile.needed(for: files + [.halves]) }
    assert(
      RuntimeFile.overloads(usedBy: source).allSatisfy { !$0.value.isDisjoint(with: files) },
      "\(network.name) calls an overloaded function of the runtime, but no kernel names the file that declares it")
    return files
  }

  /// The register tiles of calls, each once, by name.
  private static func tiles(of calls: [KernelCall]) -> [any RegisterTile] {
    Dictionary(calls.flatMap(\.kernel.tiles).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }).values
      .sorted { $0.name < $1.name }
  }
}
