import KilnCompiler
import KilnGraph

/// What each layer of a program computed in one inference, as the values of the original network.
public struct LayerDump: Sendable {
  private let program: Program
  private let origins: [ValueID: LayoutOrigin]
  private let storage: ByteStorage
  private let offsets: [Int]

  /// Reads what `NetworkProgram.runLayers(_:)` returned.
  ///
  /// - Parameters:
  ///   - origins: which values of the original network the program's values with permuted axes are.
  /// - Throws: `FileError` when the dump isn't the program's.
  public init(_ storage: ByteStorage, of program: Program, origins: [ValueID: LayoutOrigin]) throws(FileError) {
    var offsets: [Int] = []
    var end = 0
    for index in program.layers.indices {
      offsets.append(end)
      end += program.memory(ofLayer: index).byteCount
    }
    guard end == storage.bytes.count else {
      throw FileError(.malformed, "the layers' results have \(storage.bytes.count) bytes, the program says \(end)")
    }
    self.program = program
    self.origins = origins
    self.storage = storage
    self.offsets = offsets
  }

  /// The name that a layer's result has in the original network.
  public func name(ofLayer index: Int) -> String {
    let value = program.layers[index].node.outputs[0]
    return origins[value]?.name ?? program.graph[value].name
  }

  /// A layer's result with the axes of the original network. Complexity: O(elements).
  public func tensor(ofLayer index: Int) -> Tensor? {
    let value = program.layers[index].node.outputs[0]
    guard let view = program.views[value], program.memory(ofLayer: index).byteCount > 0 else { return nil }
    var shape = view.shape
    var strides = view.strides
    if let permutation = origins[value]?.permutation {
      for (axis, original) in permutation.enumerated() {
        shape[original] = view.shape[axis]
        strides[original] = view.strides[axis]
      }
    }
    let scalar = program.graph.type(of: value).scalar
    let size = scalar.byteCount
    let type = TensorType(scalar, shape)
    let gathered = ByteStorage(count: type.elementCount * size) { memory in
      var position = [Int](repeating: 0, count: shape.count)
      var source = offsets[index]
      for start in stride(from: 0, to: memory.count, by: size) {
        for byte in 0..<size { memory[start + byte] = storage.bytes[source + byte] }
        for axis in shape.indices.reversed() {
          position[axis] += 1
          source += strides[axis] * size
          if position[axis] < shape[axis] { break }
          source -= shape[axis] * strides[axis] * size
          position[axis] = 0
        }
      }
    }
    return Tensor(type: type, storage: gathered)
  }
}
