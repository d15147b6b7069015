import Foundation
import KilnGraph

/// A network's program at the place where it is measured, beside its inputs.
package struct MeasuredExecutable {
  private let name: String
  private let interface: NetworkInterface
  private let inputs: [String]
  private let place: any Workplace

  /// Puts a program there.
  ///
  /// - Parameters:
  ///   - name: what it is called there.
  ///   - inputs: what the inputs are called there.
  package init(_ executable: NetworkExecutable, as name: String, inputs: [String], in place: any Workplace) throws {
    try place.put(executable.path, as: name)
    self.name = name
    interface = executable.interface
    self.inputs = inputs
    self.place = place
  }

  /// Computes the outputs.
  package func run() throws -> [Tensor] {
    let names = interface.outputs.indices.map { "output\($0)" }
    _ = try start(["run"] + inputs + names)
    return try zip(names, interface.outputs).map { name, port in
      let storage = try place.get(name)
      guard storage.bytes.count == port.type.elementCount * port.type.scalar.byteCount else {
        throw ToolError("\(self.name): it wrote \(storage.bytes.count) bytes of output '\(port.name)', \(port.type)")
      }
      return Tensor(type: port.type, storage: storage)
    }
  }

  /// Times inferences.
  ///
  /// - Parameters:
  ///   - runs: how many are timed; `nil` for as many as take a second.
  ///   - warmUp: how many go before.
  ///   - layers: whether each layer is timed too.
  package func measure(runs: Int? = nil, warmUp: Int? = nil, layers: Bool = false) throws -> BenchmarkReport {
    var arguments = ["bench"]
    if let runs { arguments += ["--runs", "\(runs)"] }
    if let warmUp { arguments += ["--warm-up", "\(warmUp)"] }
    if layers { arguments += ["--layers"] }
    guard let report = BenchmarkReport(try start(arguments + inputs)) else {
      throw ToolError("\(place): the benchmark's report can't be read")
    }
    return report
  }

  /// What the program says on standard output.
  private func start(_ arguments: [String]) throws -> String {
    let result = try place.run("exec ./\(name) \(arguments.joined(separator: " "))")
    guard result.status == 0 else { throw ToolError("\(place): \(NetworkExecutable.failure(result))") }
    return result.output
  }
}

extension Workplace {
  /// Puts tensors there as a program reads them, and returns what they are called.
  package func put(_ inputs: [Tensor]) throws -> [String] {
    try ScratchFolder.use(in: FileManager.default.temporaryDirectory.path, prefix: "kiln-inputs-") { folder in
      try inputs.enumerated().map { index, tensor in
        let path = "\(folder)/input\(index)"
        try Files.write(tensor.storage, to: path)
        try put(path, as: "input\(index)")
        return "input\(index)"
      }
    }
  }
}
