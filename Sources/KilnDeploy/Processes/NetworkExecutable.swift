import Foundation
import KilnGraph

/// The benchmark program of an emitted package, run on this machine.
package struct NetworkExecutable: Sendable {
  /// The program's path.
  package let path: String
  /// What goes in and comes out.
  package let interface: NetworkInterface

  /// Describes a program.
  package init(path: String, interface: NetworkInterface) {
    self.path = path
    self.interface = interface
  }

  /// The program of a cache's entry.
  package init(_ entry: BinaryCache.Entry) { self.init(path: entry.program, interface: entry.interface) }

  /// Computes the outputs.
  ///
  /// Precondition: the inputs have the types of the interface.
  package func run(_ inputs: [Tensor]) throws -> [Tensor] {
    try withFiles(inputs) { inputs, outputs, _ in
      try start(["run"] + inputs + outputs)
      return try read(outputs)
    }
  }

  /// Computes the outputs layer by layer.
  ///
  /// - Returns: the outputs, and the bytes that each layer wrote, one after the other.
  package func runLayers(_ inputs: [Tensor]) throws -> (outputs: [Tensor], dump: ByteStorage) {
    let trace = try traceLayers(inputs)
    guard let outputs = trace.outputs else { throw ToolError("\(path): \(trace.failure)") }
    return (outputs, trace.dump)
  }

  /// What a program did until its end, or until a signal ended it.
  struct Trace {
    /// The outputs; `nil` when a signal ended the program.
    let outputs: [Tensor]?
    /// The bytes that each finished layer wrote, one after the other.
    let dump: ByteStorage
    /// Why it ended early.
    let failure: String
  }

  /// Computes the outputs layer by layer.
  ///
  /// A program that a signal ends is no error here.
  func traceLayers(_ inputs: [Tensor]) throws -> Trace {
    try withFiles(inputs) { inputs, outputs, folder in
      let dump = "\(folder)/layers"
      let result = try Subprocess(path, ["layers"] + inputs + outputs + [dump]).run()
      guard result.status == 0 || result.status > 128 else {
        throw ToolError("\(path): \(NetworkExecutable.failure(result))")
      }
      // A program that is ended before its first layer has written nothing.
      let written = FileManager.default.fileExists(atPath: dump) ? try Files.read(dump) : ByteStorage(count: 0) { _ in }
      guard result.status > 128 else { return Trace(outputs: try read(outputs), dump: written, failure: "") }
      return Trace(outputs: nil, dump: written, failure: "a signal ended it: \(result.status - 128)")
    }
  }

  /// The memory after the first `count` layers of an inference.
  func state(after count: Int, _ inputs: [Tensor]) throws -> (arena: ByteStorage, outputs: [ByteStorage]) {
    try withFiles(inputs) { inputs, outputs, folder in
      let arena = "\(folder)/arena"
      try start(["state", "\(count)"] + inputs + outputs + [arena])
      return (try Files.read(arena), try outputs.map { try Files.read($0) })
    }
  }

  private func withFiles<Result>(
    _ tensors: [Tensor], _ body: (_ inputs: [String], _ outputs: [String], _ folder: String) throws -> Result
  ) throws -> Result {
    let parent = FileManager.default.temporaryDirectory.path
    return try ScratchFolder.use(in: parent, prefix: "kiln-run-") { folder in
      let inputs = tensors.indices.map { "\(folder)/input\($0)" }
      for (path, tensor) in zip(inputs, tensors) { try Files.write(tensor.storage, to: path) }
      return try body(inputs, interface.outputs.indices.map { "\(folder)/output\($0)" }, folder)
    }
  }

  private func read(_ paths: [String]) throws -> [Tensor] {
    try zip(paths, interface.outputs).map { path, port in
      let storage = try Files.read(path)
      guard storage.bytes.count == port.type.elementCount * port.type.scalar.byteCount else {
        throw ToolError("\(self.path): it wrote \(storage.bytes.count) bytes of output '\(port.name)', \(port.type)")
      }
      return Tensor(type: port.type, storage: storage)
    }
  }

  /// What the program says on standard output.
  private func start(_ arguments: [String]) throws {
    let result = try Subprocess(path, arguments).run()
    guard result.status == 0 else { throw ToolError("\(path): \(NetworkExecutable.failure(result))") }
  }

  /// Why a network's program failed, in words.
  static func failure(_ result: Subprocess.Result) -> String {
    let said = result.errors.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
    return switch result.status {
    case 126, 127: "the network's program can't be run\(said)"
    case 128 + SIGILL:
      "the processor lacks an instruction of the network's program; compile for an older --target"
    case 128 + SIGKILL: "the network's program was killed; by the system, if it was short of memory"
    case 129...191: "the network's program was ended by signal \(result.status - 128)\(said)"
    default: "the network's program ended with status \(result.status)\(said)"
    }
  }
}
