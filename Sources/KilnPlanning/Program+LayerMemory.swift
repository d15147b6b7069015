/// Where a layer's result lies in the emitted program's memory.
package struct LayerMemory: Hashable, Sendable {
  /// The number of the output that holds it; `nil` for the arena.
  package var output: Int?
  /// The byte of its first element.
  package var offset: Int
  /// The bytes from its first element to its last, gaps and border between them included.
  package var byteCount: Int
}

extension Program {
  /// Where a layer's first result lies; empty when it lies in one of the inputs.
  package func memory(ofLayer index: Int) -> LayerMemory {
    let view = view(layers[index].node.outputs[0])
    let size = buffer(view.buffer).scalar.byteCount
    let count = view.shape.contains(0) ? 0 : zip(view.shape, view.strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    return switch buffer(view.buffer).owner {
    case .arena:
      LayerMemory(
        output: nil, offset: (arenaOffsets[view.buffer] ?? 0) + view.offset * size, byteCount: count * size)
    case .input: LayerMemory(output: nil, offset: 0, byteCount: 0)
    case .output(let output): LayerMemory(output: output, offset: view.offset * size, byteCount: count * size)
    }
  }
}
