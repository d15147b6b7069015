import KilnEmission
import KilnGraph
import KilnPasses
import KilnPlanning

/// What each layer of a program computed in one inference.
package struct LayerDump: Sendable {
  /// The layers that were finished: all, or as many as ran before the program crashed.
  package let layerCount: Int
  private let program: Program
  private let origins: [ValueID: LayoutOrigin]
  private let storage: ByteStorage
  private let offsets: [Int]

  /// Reads what `NetworkExecutable.runLayers(_:)` returned.
  ///
  /// - Parameters:
  ///   - origins: which values of the original network the program's values with permuted axes are.
  ///   - isPartial: whether the program may have ended early.
  /// - Throws: `FileError` when the dump isn't the program's.
  package init(
    _ storage: ByteStorage, of program: Program, origins: [ValueID: LayoutOrigin], isPartial: Bool = false
  ) throws(FileError) {
    var offsets: [Int] = []
    var end = 0
    var layerCount = 0
    for index in program.layers.indices {
      offsets.append(end)
      end += program.memory(ofLayer: index).byteCount
      if end <= storage.bytes.count { layerCount = index + 1 }
    }
    guard isPartial ? end >= storage.bytes.count : end == storage.bytes.count else {
      throw FileError(.malformed, "the layers' results have \(storage.bytes.count) bytes, the program says \(end)")
    }
    self.layerCount = layerCount
    self.program = program
    self.origins = origins
    self.storage = storage
    self.offsets = offsets
  }

  /// The name that a layer's result has in the original network.
  package func name(ofLayer index: Int) -> String { Self.name(of: result(index), in: program.graph, origins) }

  /// A layer's result with the axes of the original network.
  ///
  /// Complexity: O(elements).
  package func tensor(ofLayer index: Int) -> Tensor? {
    result(ofLayer: index).map { Self.original($0, origins[result(index)]?.permutation) }
  }

  /// A layer's result with the program's own axes; `nil` when it wrote nothing.
  ///
  /// Complexity: O(elements).
  func result(ofLayer index: Int) -> Tensor? {
    let memory = program.memory(ofLayer: index)
    guard index < layerCount, memory.byteCount > 0 else { return nil }
    return tensor(ofLayer: index, in: storage, at: offsets[index])
  }

  /// A layer's result with the program's own axes, as it is in memory that was taken later.
  func result(ofLayer index: Int, in state: (arena: ByteStorage, outputs: [ByteStorage])) -> Tensor? {
    let memory = program.memory(ofLayer: index)
    guard memory.byteCount > 0 else { return nil }
    return tensor(ofLayer: index, in: memory.output.map { state.outputs[$0] } ?? state.arena, at: memory.offset)
  }

  /// The name that a value has in the original network.
  static func name(of value: ValueID, in graph: Graph, _ origins: [ValueID: LayoutOrigin]) -> String {
    origins[value]?.name ?? graph[value].name
  }

  /// A tensor whose axis `i` is axis `permutation[i]` of the result.
  ///
  /// Complexity: O(elements).
  static func original(_ tensor: Tensor, _ permutation: [Int]?) -> Tensor {
    guard let permutation else { return tensor }
    var strides = [Int](repeating: 1, count: tensor.shape.count)
    for axis in strides.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * tensor.shape[axis + 1] }
    var shape = tensor.shape
    var originalStrides = strides
    for (axis, original) in permutation.enumerated() {
      shape[original] = tensor.shape[axis]
      originalStrides[original] = strides[axis]
    }
    return gathered(TensorType(tensor.scalar, shape), strides: originalStrides, from: tensor.storage, at: 0)
  }

  private func result(_ index: Int) -> ValueID { program.layers[index].node.outputs[0] }

  private func tensor(ofLayer index: Int, in storage: ByteStorage, at offset: Int) -> Tensor? {
    guard let view = program.views[result(index)] else { return nil }
    let type = TensorType(program.graph.type(of: result(index)).scalar, view.shape)
    return Self.gathered(type, strides: view.strides, from: storage, at: offset)
  }

  private static func gathered(_ type: TensorType, strides: [Int], from storage: ByteStorage, at offset: Int) -> Tensor
  {
    let size = type.scalar.byteCount
    let gathered = ByteStorage(count: type.elementCount * size) { memory in
      var position = [Int](repeating: 0, count: strides.count)
      var source = offset
      for start in stride(from: 0, to: memory.count, by: size) {
        for byte in 0..<size { memory[start + byte] = storage.bytes[source + byte] }
        for axis in strides.indices.reversed() {
          position[axis] += 1
          source += strides[axis] * size
          if position[axis] < type.shape[axis] { break }
          source -= type.shape[axis] * strides[axis] * size
          position[axis] = 0
        }
      }
    }
    return Tensor(type: type, storage: gathered)
  }
}
