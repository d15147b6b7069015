/// Prints a program as a Swift package.
enum PackageEmitter {
  /// The package of a program.
  ///
  /// - Parameters:
  ///   - name: the network's type, module and package: a Swift identifier.
  ///   - origin: what it was made from, for the headers.
  static func emit(_ program: Program, name: String, origin: String) -> EmittedPackage {
    let weights = WeightsModule(network: name, tables: program.tables)
    let benchmarkName = "\(name.lowercased())-benchmark"
    let manifest = PackageManifest(
      name: name, benchmarkName: benchmarkName, weightsName: weights.name, target: program.target)
    let network = NetworkSource(name: name, origin: origin, program: program, weights: weights)

    var package = EmittedPackage(name: name, benchmarkName: benchmarkName, files: [])
    func add(_ path: String, _ text: String) {
      package.files.append(EmittedPackage.File(path: path, contents: .text(text)))
    }
    add("Package.swift", manifest.text)
    add("Sources/\(name)/\(name).swift", network.text)
    for file in runtimeFiles(of: program) {
      let text = RuntimeSources.text(of: file)
        .replacing("import KilnIntrinsics", with: "import \(weights.name)")
        .replacing(
          "typealias Vector = SIMD16<Float>", with: "typealias Vector = SIMD\(program.target.vectorWidth)<Float>")
      add("Sources/\(name)/Kernels/\(file.rawValue)", text)
    }
    for kernel in kernels(of: program) {
      add("Sources/\(name)/Kernels/\(kernel.name).swift", kernel.source)
    }
    add("Sources/\(weights.name)/include/\(weights.name).h", weights.header)
    add("Sources/\(weights.name)/include/KilnIntrinsics.h", RuntimeSources.intrinsicsHeader)
    add("Sources/\(weights.name)/\(weights.name).c", weights.source)
    package.files.append(
      EmittedPackage.File(path: "Sources/\(weights.name)/\(weights.name).bin", contents: .bytes(weights.bytes)))
    for file in RuntimeSources.benchmark(network: name, executable: benchmarkName) { add(file.path, file.text) }
    return package
  }

  /// The runtime's files that the program needs, and what these need.
  private static func runtimeFiles(of program: Program) -> [RuntimeFile] {
    var needed: Set<RuntimeFile> = []
    var pending = program.layers.flatMap { $0.calls.flatMap(\.files) }
    while let file = pending.popLast() {
      if needed.insert(file).inserted { pending += file.requires }
    }
    return RuntimeFile.allCases.filter(needed.contains)
  }

  /// The kernels that were written for the program, each once, by name.
  private static func kernels(of program: Program) -> [EmittedKernel] {
    let all = program.layers.flatMap { $0.calls.flatMap(\.kernels) }
    return Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }).values
      .sorted { $0.name < $1.name }
  }
}
