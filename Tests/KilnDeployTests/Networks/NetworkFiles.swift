import Foundation
import KilnCompiler
import KilnDeploy
import KilnGraph
import KilnMachine
import KilnONNX
import KilnPasses
import KilnPlanning

/// The models in Tests/Networks, which scripts beside them made.
enum NetworkFiles {
  /// The folder.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Networks")

  /// Imports `NAME.onnx`; where a length depends on the data there is room for so many rows.
  static func graph(_ name: String, capacity: Int = 40) throws -> Graph {
    try ONNXImporter.importGraph(
      at: folder.appending(path: "\(name).onnx").path,
      options: ImportOptions(capacities: RowCapacities(others: capacity)))
  }

  /// Imports `NAME.onnx`, runs the passes and plans.
  static func program(_ name: String, target: Target, folds: Bool = true) throws -> Program {
    let optimized = try Passes.run(on: graph(name), options: PassOptions(folds: folds))
    return try Compiler.plan(optimized, CompileOptions(target: target))
  }

  /// The bytes of each file of the program's package.
  static func emitted(_ program: Program) -> [String: [UInt8]] {
    let package = Compiler.emit(program, name: "Network1", origin: "a test")
    return Dictionary(
      uniqueKeysWithValues: package.files.map { file in
        switch file.contents {
        case .text(let text): return (file.path, Array(text.utf8))
        case .bytes(let bytes):
          let storage = bytes.storage
          return (file.path, withExtendedLifetime(storage) { Array(storage.bytes) })
        }
      })
  }

  /// The tensors `NAME0.npy`, `NAME1.npy` and so on.
  static func tensors(_ name: String) throws -> [Tensor] {
    var tensors: [Tensor] = []
    while true {
      let path = folder.appending(path: "\(name)\(tensors.count).npy").path
      guard FileManager.default.fileExists(atPath: path) else { return tensors }
      tensors.append(try Npy.read(path))
    }
  }

  /// The tensor `NAME.npy`.
  static func tensor(_ name: String) throws -> Tensor { try Npy.read(folder.appending(path: "\(name).npy").path) }
}
