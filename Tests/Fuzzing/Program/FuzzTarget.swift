import Foundation
import KilnCompiler
import KilnDeploy
import KilnGraph
import KilnMachine
import KilnONNX
import KilnPasses
import KilnPlanning
import KilnSelection

/// A reader of files that may lie, as libFuzzer calls it: any bytes are accepted or refused by one of its own errors.
///
/// An error of another type is a finding, as a crash is.
enum FuzzTarget: String, CaseIterable {
  /// The import of an ONNX file, constant folding included.
  case onnx
  /// From an ONNX file to the plan of its program, folded or not.
  case plan
  /// The import of parts of an ONNX file, between tensors that it has.
  case part
  /// An array in NumPy's format.
  case npy
  /// A description of a machine.
  case target
  /// A schedule, and what it chooses for a network.
  case schedule

  /// Reads `bytes`.
  func read(_ bytes: UnsafeRawBufferPointer) {
    do {
      switch self {
      case .onnx: _ = try importGraph(bytes)
      case .plan: try plan(importGraph(bytes), folds: bytes.count % 4 != 0)
      case .part: try importParts(bytes)
      case .npy: _ = try Npy.decode(storage(bytes))
      case .schedule: try schedule(bytes)
      case .target: _ = try TargetFile.target(Data(bytes), name: "fuzzed", origin: "fuzzed.json")
      }
    } catch is ModelError, is UnsupportedError, is PlanningError, is NpyFormatError, is FileError,
      is ScheduleError
    {
      // Refused.
    } catch let error as PassError where error.kind == .malformed {
      // Refused: folding met a number that is not finite.
    } catch {
      fatalError("an error of the wrong kind: \(error)")
    }
  }

  private func importGraph(_ bytes: UnsafeRawBufferPointer) throws -> Graph {
    try ONNXImporter.importGraph(model(bytes), options: Self.options)
  }

  /// With room for results whose length depends on the data.
  private static let options = ImportOptions(capacities: RowCapacities(others: 20))

  private func model(_ bytes: UnsafeRawBufferPointer) throws -> ONNXModel {
    // No folder of that name: external data is missing, never read.
    try ONNXModel(storage(bytes), fileName: "fuzzed.onnx", folder: "/nonexistent")
  }

  /// Which tensors are cut at depends on the file's size.
  private func importParts(_ bytes: UnsafeRawBufferPointer) throws {
    let model = try model(bytes)
    let names = try ONNXImporter.importPart(of: model, options: Self.options).fileNames.values.sorted()
    if names.isEmpty { return }
    let (first, second) = (names[bytes.count % names.count], names[bytes.count / 7 % names.count])
    let parts = [
      ModelPart(outputs: [first]), ModelPart(inputs: [first]), ModelPart(inputs: [first], outputs: [second]),
      ModelPart(outputs: [first + second]),
    ]
    for part in parts {
      do {
        let options = ImportOptions(part: part, capacities: Self.options.capacities)
        _ = try ONNXImporter.importPart(of: model, options: options)
      } catch is ImportOptionError {
        // Refused.
      }
    }
  }

  private func plan(_ graph: Graph, folds: Bool) throws {
    let optimized = try Passes.run(on: graph, options: PassOptions(folds: folds))
    _ = try Compiler.plan(optimized, CompileOptions(target: Self.machine))
  }

  /// What is accepted is written, read and written again alike; what suits the network becomes a program.
  private func schedule(_ bytes: UnsafeRawBufferPointer) throws {
    let storage = storage(bytes)
    let schedule = try withExtendedLifetime(storage) { try Schedule(storage.bytes, origin: "fuzzed.json") }
    let text = schedule.text
    let again = try Array(text.utf8).withUnsafeBytes { try Schedule($0, origin: "fuzzed.json") }
    precondition(again.text == text, "a schedule changes when it is written and read")
    for schedule in [schedule, schedule.algorithms] {
      _ = try Compiler.plan(OptimizedGraph(Self.network), CompileOptions(target: Self.machine, schedule: schedule))
    }
  }

  /// A copy, so that the sanitizer sees where the file ends.
  private func storage(_ bytes: UnsafeRawBufferPointer) -> ByteStorage {
    ByteStorage(count: bytes.count) { $0.copyMemory(from: bytes) }
  }

  /// Convolutions `a` and `b`, which Winograd's tiles suit.
  private static let network: Graph = {
    var graph = Graph(name: "fuzzed")
    var value = graph.addInput("image", TensorType(.float32, [1, 9, 10, 5]))
    for (name, channels) in [("a", 6), ("b", 21)] {
      let inputs = graph.type(of: value).shape[3]
      let count = channels * inputs * 9
      let weight = graph.addConstant(
        "\(name).weight", Tensor(shape: [channels, inputs, 3, 3], floats: .init(repeating: 1, count: count)))
      let convolution = Convolution(window: Window(kernel: [3, 3]), layout: .channelsLast)
      guard let result = try? graph.insert(convolution, name: name, inputs: [value, weight]) else { break }
      value = result[0]
    }
    graph.addOutput("result", value)
    return graph
  }()

  private static let machine = Target(
    name: "fuzzed", summary: "", triple: "aarch64-unknown-linux-gnu", compilerFlags: [],
    model: Processor.generic(.neon).model.with(cacheByteCounts: [32 << 10, 1 << 20]), coreCount: 4)
}
