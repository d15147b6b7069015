import Foundation
import KilnCompiler
import KilnGraph
import KilnPasses

@testable import KilnDeploy
@testable import KilnEmission

/// The texts of libraries that aren't built.
enum LibraryTexts {
  /// A graph as a library `network1`.
  static func library(_ graph: Graph, origin: String = "a test", threads: Int = 1) throws -> EmittedLibrary {
    let options = CompileOptions(target: HostTarget.detect(), threads: threads)
    let program = try Compiler.plan(try Passes.run(on: graph), options)
    let identity = EmittedLibrary.Identity(version: "1.2.3", modelHash: "abc")
    return Compiler.emitLibrary(program, of: graph, name: "Network1", origin: origin, identity: identity)
  }

  /// The text beside a library whose name ends so.
  static func text(_ suffix: String, of library: EmittedLibrary) -> String {
    guard let file = library.companions(.shared).first(where: { $0.path.hasSuffix(suffix) }),
      case .text(let text) = file.contents
    else { return "" }
    return text
  }
}
