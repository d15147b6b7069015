import KilnGraph
import KilnKernels

/// A network as a library with a C interface: what it is compiled from, and the files that its users get beside it.
///
/// The same program gives the same bytes.
package struct EmittedLibrary: Sendable {
  /// How a library is linked.
  package enum Form: String, CaseIterable, Sendable {
    /// An archive, `lib<name>.a`.
    case `static`
    /// A shared object, `lib<name>.so`.
    case shared
  }

  /// What a model and its compiler are known by.
  package struct Identity: Sendable {
    /// The version of Kiln.
    package var version: String
    /// The SHA-256 of the model's bytes, in hexadecimal.
    package var modelHash: String

    /// Makes an identity.
    package init(version: String, modelHash: String) {
      self.version = version
      self.modelHash = modelHash
    }
  }

  /// What the library, its header and its functions are called after.
  package let name: String
  /// The name of the Swift module.
  package let module: String
  /// The name of the C module of its constants, whose folder lies beside the Swift module's.
  package let weightsModule: String
  /// The Swift and C sources of both modules.
  package let sources: [EmittedPackage.File]
  /// The functions of the header: the library exports these and nothing else.
  package let functions: [String]
  /// Bytes of the memory that it works in.
  package let arenaByteCount: Int
  /// Whether it starts threads.
  package let hasThreads: Bool

  private let header: String
  private let python: String
  private let version: String

  /// What every text that Kiln writes beside a library says in its first line: a file that does may be replaced.
  package static let marker = "Written by Kiln"

  /// A network as a library.
  ///
  /// - Parameter model: what the network was compiled from: it says what integers stand for, which the passes may hide.
  package init(_ network: PackageEmitter.Network, of model: Graph, _ identity: Identity) {
    let interface = LibraryInterface(network, of: model, identity)
    (name, module, functions) = (interface.name, network.name, interface.functions)
    weightsModule = WeightsModule.name(for: network.name)
    arenaByteCount = interface.arenaByteCount
    hasThreads = interface.threads > 1
    version = identity.version
    header = CHeader(interface: interface).text
    python = PythonModule(interface: interface).text
    sources =
      PackageEmitter.modules([network], named: network.name, for: network.program.target) + [
        EmittedPackage.File(
          path: "Sources/\(network.name)/\(network.name)+C.swift",
          contents: .text(CInterfaceSource(interface: interface).text)),
        EmittedPackage.File(
          path: "Sources/\(weightsModule)/include/module.modulemap",
          contents: .text("module \(weightsModule) { header \"\(weightsModule).h\" export * }\n")),
      ]
  }

  /// The name of a library's file.
  package static func fileName(_ form: Form, of name: String) -> String {
    switch form {
    case .static: "lib\(name).a"
    case .shared: "lib\(name).so"
    }
  }

  /// The names of a library's file and of those for its users.
  package static func fileNames(_ form: Form, of name: String) -> [String] {
    [fileName(form, of: name)] + Companion.all(form).map { name + $0.rawValue }
  }

  /// The name of the library's file.
  package func fileName(_ form: Form) -> String { Self.fileName(form, of: name) }

  /// The texts for its users, by file name.
  package func companions(_ form: Form) -> [EmittedPackage.File] {
    let build = BuildSystemFiles(name: name, version: version, file: fileName(form), form: form, hasThreads: hasThreads)
    return Companion.all(form).map { companion in
      let text =
        switch companion {
        case .header: header
        case .pkgConfig: build.pkgConfig
        case .cmake: build.cmake
        case .python: python
        }
      return EmittedPackage.File(path: name + companion.rawValue, contents: .text(text))
    }
  }

  /// A text beside a library, by the end of its file's name.
  private enum Companion: String {
    case header = ".h"
    case pkgConfig = ".pc"
    case cmake = "-config.cmake"
    case python = ".py"

    static func all(_ form: Form) -> [Companion] {
      [.header, .pkgConfig, .cmake] + (form == .shared ? [.python] : [])
    }
  }
}
