import Foundation
import KilnCompiler
import KilnExecution
import KilnGraph
import KilnMachine
import KilnONNX
import KilnPasses

@testable import KilnDeploy
@testable import KilnEmission
@testable import KilnLowering
@testable import KilnPlanning

/// A network that was built as a library, and what it must compute.
struct BuiltLibrary {
  let library: EmittedLibrary
  /// The path of the library's file.
  let path: String
  /// The path of an input's elements.
  let input: String
  /// The outputs' elements for that input, one output after the other.
  let expected: Data

  /// A model, and an input for it.
  enum Model {
    case digits, tiny

    fileprivate var files: (model: URL, input: URL) {
      let networks = NetworkFiles.folder
      let digits = networks.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Examples/digits")
      return switch self {
      case .digits: (digits.appending(path: "digits.onnx"), digits.appending(path: "seven.npy"))
      case .tiny: (networks.appending(path: "tiny.unfused.onnx"), networks.appending(path: "tiny.input.npy"))
      }
    }

    fileprivate var name: String { self == .digits ? "Digits" : "Tiny" }
  }

  /// Builds a library in a folder, with the files for its users; every layer is shared among `threads`.
  init(
    _ model: Model, _ form: EmittedLibrary.Form, target: Target = HostTarget.detect(), threads: Int = 1, in folder: URL
  ) throws {
    let graph = try ONNXImporter.importGraph(at: model.files.model.path)
    let tensor = try Npy.read(model.files.input.path)
    try self.init(graph, named: model.name, for: [tensor], form, target: target, threads: threads, in: folder)
  }

  /// Builds a library of a graph and executes it for some inputs.
  init(
    _ graph: Graph, named name: String, for inputs: [Tensor], _ form: EmittedLibrary.Form,
    target: Target = HostTarget.detect(), threads: Int = 1, in folder: URL
  ) throws {
    let costs = SharingCosts(leastCycles: 0, leastElements: 0)
    let options = PlanningOptions(sharing: WorkSharing(threads: threads, costs: costs))
    let optimized = try Passes.run(on: graph)
    let program = try Planner.plan(optimized, for: target, options)
    let identity = EmittedLibrary.Identity(version: "1.2.3", modelHash: "hash of \(name)")
    library = Compiler.emitLibrary(program, of: graph, name: name, origin: "a test", identity: identity)
    let scratch = folder.appending(path: "build-\(name)-\(form)").path
    let built = try LibraryBuilder(library, for: target, in: scratch).build(form)
    try Files.write(library.companions(form), to: folder.path)
    path = folder.appending(path: library.fileName(form)).path
    try FileManager.default.moveItem(atPath: built, toPath: path)
    input = folder.appending(path: "\(name).input").path
    try inputs.reduce(into: Data()) { data, tensor in
      withExtendedLifetime(tensor) { data.append(contentsOf: tensor.storage.bytes) }
    }.write(to: URL(filePath: input))
    // On this machine, with the board's kernels where it is built for one.
    let outputs = ProgramExecution(try Planner.plan(optimized, for: HostTarget.detect())).run(inputs)
    expected = outputs.reduce(into: Data()) { data, tensor in
      withExtendedLifetime(tensor) { data.append(contentsOf: tensor.storage.bytes) }
    }
  }
}

/// Runs a program and waits for its end.
///
/// - Returns: its status, and all it said.
func outcome(of name: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
  // Threads of tests block it, programs inherit that, and CMake waits for it.
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGCHLD)
  pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  let result = try Subprocess("/usr/bin/env", [name] + arguments).run()
  return (result.status, result.output + result.errors)
}
