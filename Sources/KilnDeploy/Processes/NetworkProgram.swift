import Foundation
import KilnGraph

/// The benchmark program of an emitted package, run on this machine.
public struct NetworkProgram: Sendable {
  /// The program's path.
  public let path: String
  /// What goes in and comes out.
  public let interface: NetworkInterface

  /// Describes a program.
  public init(path: String, interface: NetworkInterface) {
    self.path = path
    self.interface = interface
  }

  /// The program of a cache's entry.
  public init(_ entry: BinaryCache.Entry) { self.init(path: entry.program, interface: entry.interface) }

  /// Computes the outputs.
  ///
  /// Precondition: the inputs have the types of the interface.
  public func run(_ inputs: [Tensor]) throws -> [Tensor] {
    try withFiles(inputs) { inputs, outputs, _ in
      try start(["run"] + inputs + outputs)
      return try read(outputs)
    }
  }

  /// Computes the outputs layer by layer.
  ///
  /// - Returns: the outputs, and the bytes that each layer wrote, one behind the other.
  public func runLayers(_ inputs: [Tensor]) throws -> (outputs: [Tensor], dump: ByteStorage) {
    try withFiles(inputs) { inputs, outputs, folder in
      let dump = "\(folder)/layers"
      try start(["layers"] + inputs + outputs + [dump])
      return (try read(outputs), try Files.read(dump))
    }
  }

  /// Times inferences.
  ///
  /// - Parameters:
  ///   - runs: how many are timed; `nil` for as many as take a second.
  ///   - warmUp: how many go before.
  ///   - layers: whether each layer is timed too.
  public func measure(
    _ inputs: [Tensor], runs: Int? = nil, warmUp: Int? = nil, layers: Bool = false
  ) throws -> BenchmarkReport {
    try withFiles(inputs) { inputs, _, _ in
      var arguments = ["bench"]
      if let runs { arguments += ["--runs", "\(runs)"] }
      if let warmUp { arguments += ["--warm-up", "\(warmUp)"] }
      if layers { arguments += ["--layers"] }
      guard let report = BenchmarkReport(try start(arguments + inputs)) else {
        throw ToolError("\(path): the benchmark's report can't be read")
      }
      return report
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
  @discardableResult
  private func start(_ arguments: [String]) throws -> String {
    let result = try Subprocess(path, arguments).run()
    guard result.status == 0 else {
      let said = result.errors.split(separator: "\n").last.map(String.init) ?? ""
      throw ToolError("\(path): the network's program ended with status \(result.status): \(said)")
    }
    return result.output
  }
}
