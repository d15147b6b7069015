import Foundation
import KilnGraph

/// An ONNX model file, opened: its encoding is checked, its weights are mapped, nothing is imported yet.
package struct ONNXModel: Sendable {
  /// Who made the model, and for which versions.
  package struct Summary: Sendable, Equatable {
    /// The program that wrote the file, with its version; may be empty.
    package let producer: String
    /// The version of the file format.
    package let irVersion: Int
    /// The operator sets the model uses: domain (ONNX's own is `ai.onnx`) and version, in the file's order.
    package let operatorSets: [OperatorSet]
    /// The graph's name.
    package let graphName: String
    /// The nodes of the graph, before anything is folded or inlined.
    package let nodeCount: Int
    /// The operators that the model defines itself.
    package let functionCount: Int
  }

  /// An operator set that a model uses.
  package struct OperatorSet: Sendable, Equatable {
    /// The domain's name.
    package let domain: String
    /// The set's version.
    package let version: Int
  }

  /// The file's name, as errors give it.
  let fileName: String
  /// The folder in which external data is looked for.
  let folder: String
  let byteCount: Int
  let model: ModelProto
  var graph: GraphProto

  /// Opens the model file at `path`.
  ///
  /// Complexity: O(nodes); the weights are not touched.
  ///
  /// - Throws: `ModelError`, `.missing` when the file can't be read, `.malformed` when it is not an ONNX model.
  package init(path: String) throws(ModelError) {
    let file = try MappedFile(path: path)
    let folder = (path as NSString).deletingLastPathComponent
    try self.init(file.storage, fileName: path, folder: folder.isEmpty ? "." : folder)
  }

  /// Reads a model from memory.
  ///
  /// - Parameters:
  ///   - storage: the bytes of a model file.
  ///   - fileName: what errors call it.
  ///   - folder: where external data is looked for.
  package init(_ storage: ByteStorage, fileName: String, folder: String) throws(ModelError) {
    self.fileName = fileName
    self.folder = folder
    byteCount = storage.bytes.count
    guard !storage.bytes.isEmpty else { throw ModelError(.malformed, "\(fileName): the file is empty") }
    let pointer = "version https://git-lfs"
    guard !storage.bytes.starts(with: pointer.utf8) else {
      throw ModelError(.malformed, "\(fileName): this is a Git LFS pointer; fetch the model itself with git lfs pull")
    }
    do throws(WireError) {
      model = try ModelProto(MessageBytes(storage))
      guard let graph = model.graph else { throw WireError(offset: 0, reason: "there is no graph") }
      self.graph = try GraphProto(graph)
    } catch {
      throw ModelError(.malformed, "\(fileName): \(error); this is not an ONNX model, or it is damaged")
    }
  }

  /// Who made the model, and for which versions.
  package var summary: Summary {
    Summary(
      producer: [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " "),
      irVersion: model.irVersion,
      operatorSets: model.opsetImports.map { OperatorSet(domain: $0.domain, version: $0.version) },
      graphName: graph.name, nodeCount: graph.nodes.count, functionCount: model.functions.count)
  }
}
