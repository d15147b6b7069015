import KilnRuntimeSources

/// A part of a network's sources, for build systems that must know the names of files before these are made, as SwiftPM's plugins.
package enum SourcePart: String, CaseIterable, Sendable {
  /// The network and its kernels in one file, `NAME.swift`.
  case swift
  /// The C module `NAMEWeights` with its module map, which has the same files for every network but for headers: `NAMEWeights.c`,
  /// `KilnThreads.c` and `include/`. The constants lie beside them as `NAMEWeights.bin`, which `NAMEWeights.c` embeds.
  case c

  /// The part's files.
  package func files(of network: PackageEmitter.Network) -> [EmittedPackage.File] {
    let all = PackageEmitter.modules([network], named: network.name, for: network.program.target)
    let weights = WeightsModule.name(for: network.name)
    switch self {
    case .swift:
      let texts = all.filter { $0.path.hasSuffix(".swift") }.compactMap(\.text)
      let source = (texts + [OwnedNetworkSource(network).text]).joined(separator: "\n")
      return [EmittedPackage.File(path: "\(network.name).swift", contents: .text(source))]
    case .c:
      let prefix = "Sources/\(weights)/"
      var files = all.filter { $0.path.hasPrefix(prefix) }.map {
        EmittedPackage.File(path: String($0.path.dropFirst(prefix.count)), contents: $0.contents)
      }
      if network.program.threads == 1 {
        files.append(.init(path: "KilnThreads.c", contents: .text("// One thread computes.\n")))
      }
      let map = "module \(weights) { header \"\(weights).h\" export * }\n"
      return files + [EmittedPackage.File(path: "include/module.modulemap", contents: .text(map))]
    }
  }
}

extension EmittedPackage.File {
  /// What a file of text holds; `nil` for other files.
  fileprivate var text: String? {
    switch contents {
    case .text(let text): text
    case .bytes: nil
    }
  }
}
