import KilnGraph
import KilnLowering
import KilnPlanning

/// The arena's buffers, by the names that the emitted code has for them.
extension NetworkSource {
  /// A name for each buffer of the arena: that of the largest value in it, of equal ones the first.
  static func bufferNames(_ program: Program, in taken: inout Set<String>) -> [Buffer.ID: String] {
    var owners: [Buffer.ID: (value: ValueID, count: Int)] = [:]
    for (value, view) in program.views where program.arenaOffsets[view.buffer] != nil {
      let count = view.shape.elementCount
      if let owner = owners[view.buffer], (owner.count, value.index) <= (count, owner.value.index) { continue }
      owners[view.buffer] = (value, count)
    }
    var names: [Buffer.ID: String] = [:]
    for (buffer, owner) in owners.sorted(by: { $0.key.index < $1.key.index }) {
      names[buffer] = program.graph[owner.value].name.uniqueIdentifier(in: &taken, prefix: "buffer")
    }
    return names
  }

  /// The buffers as properties of `Memory`, in the order of their places.
  var bufferProperties: String {
    let buffers = bufferNames.sorted { ($0.value, $0.key.index) < ($1.value, $1.key.index) }
    return buffers.map { buffer, name in
      let (start, scalar) = (program.arenaOffsets[buffer] ?? 0, program.buffer(buffer).scalar)
      let place =
        scalar == .float32
        ? "arena + \(start / scalar.byteCount)" : "elements(\(scalar.swiftName).self, at: \(start))"
      return "    var \(name): UnsafeMutablePointer<\(scalar.swiftName)> { \(place) }\n"
    }.joined()
  }
}
