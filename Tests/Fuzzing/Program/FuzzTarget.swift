import Foundation
import KilnCompiler
import KilnDeploy
import KilnGraph
import KilnONNX

/// A reader of files that may lie, as libFuzzer calls it: any bytes are accepted or refused by one of its own errors.
///
/// An error of another type is a finding, as a crash is.
enum FuzzTarget: String, CaseIterable {
  /// The import of an ONNX file, constant folding included.
  case onnx
  /// From an ONNX file to the plan of its program, folded or not.
  case plan
  /// An array in NumPy's format.
  case npy
  /// A description of a machine.
  case target

  /// Reads `bytes`.
  func read(_ bytes: UnsafeRawBufferPointer) {
    do {
      switch self {
      case .onnx: _ = try importGraph(bytes)
      case .plan: try plan(importGraph(bytes), folds: bytes.count % 4 != 0)
      case .npy: _ = try Npy.decode(storage(bytes))
      case .target: _ = try TargetFile.target(Data(bytes), name: "fuzzed", origin: "fuzzed.json")
      }
    } catch is ModelError, is UnsupportedError, is NpyFormatError, is FileError {
      // Refused.
    } catch let error as PassError where error.kind == .malformed {
      // Refused: folding met a number that is not finite.
    } catch {
      fatalError("an error of the wrong kind: \(error)")
    }
  }

  private func importGraph(_ bytes: UnsafeRawBufferPointer) throws -> Graph {
    // No folder of that name: external data is missing, never read.
    let model = try ONNXModel(storage(bytes), fileName: "fuzzed.onnx", folder: "/nonexistent")
    return try ONNXImporter.importGraph(model)
  }

  private func plan(_ graph: Graph, folds: Bool) throws {
    let optimized = try Passes.run(on: graph, options: PassOptions(folds: folds))
    _ = try Compiler.plan(optimized.graph, for: Self.machine)
  }

  /// A copy, so that the sanitizer sees where the file ends.
  private func storage(_ bytes: UnsafeRawBufferPointer) -> ByteStorage {
    ByteStorage(count: bytes.count) { $0.copyMemory(from: bytes) }
  }

  private static let machine = Target(
    name: "fuzzed", summary: "", triple: "aarch64-unknown-linux-gnu", compilerFlags: [], instructionSet: .neon,
    vectorWidth: 4, vectorRegisterCount: 32, cacheByteCounts: [32 << 10, 1 << 20], coreCount: 4)
}
