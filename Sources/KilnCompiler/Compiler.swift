import KilnEmission
import KilnGraph
import KilnPasses
import KilnPlanning

/// The compiler's front: a graph becomes a program, and a program a Swift package.
package enum Compiler {
  /// Chooses kernels and places every value in memory.
  ///
  /// - Throws: `PlanningError.unsupported` that lists every node that has no kernel, or `.schedule` when the options' schedule
  ///   doesn't fit the network or the target.
  package static func plan(_ graph: OptimizedGraph, _ options: CompileOptions) throws(PlanningError) -> Program {
    try Planner.plan(graph, for: options.target, options.planning)
  }

  /// Prints a program as a Swift package.
  ///
  /// - Parameters:
  ///   - name: the network's type, module and package; see `typeName(for:)`.
  ///   - origin: what the network was made from, for the headers.
  package static func emit(_ program: Program, name: String, origin: String) -> EmittedPackage {
    PackageEmitter.package(PackageEmitter.Network(name: name, origin: origin, program: program))
  }

  /// Prints a program as a library with a C interface.
  ///
  /// - Parameters:
  ///   - model: what the program was compiled from, before the passes.
  ///   - name: the network's type and module; see `typeName(for:)`. The library is called so in small letters.
  ///   - origin: what the network was made from, for the headers.
  ///   - identity: what the model and this compiler are known by.
  package static func emitLibrary(
    _ program: Program, of model: Graph, name: String, origin: String, identity: EmittedLibrary.Identity
  ) -> EmittedLibrary {
    EmittedLibrary(PackageEmitter.Network(name: name, origin: origin, program: program), of: model, identity)
  }

  /// A part of a program's sources.
  package static func emit(
    _ part: SourcePart, of program: Program, name: String, origin: String
  ) -> [EmittedPackage.File] {
    part.files(of: PackageEmitter.Network(name: name, origin: origin, program: program))
  }

  /// The most letters of a network's name: files and folders are called after it, and file systems have room for 255.
  package static let maximumNameLength = 100

  /// A Swift type's name made from a model's: `mobilenet_v2` becomes `MobilenetV2`, and `pool`, which is taken,
  /// `PoolNetwork`.
  package static func typeName(for model: String) -> String {
    let words = model.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    let name = String((joined.first?.isLetter ?? false ? joined : "Network\(joined)").prefix(maximumNameLength))
    return ReservedNames.forbidsType(name) ? "\(name)Network" : name
  }
}
