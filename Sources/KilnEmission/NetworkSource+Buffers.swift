import KilnGraph
import KilnLowering
import KilnPlanning

/// The arena's buffers, by the names that the emitted code has for them.
extension NetworkSource {
  /// A name for each buffer of the arena: that of the layer whose result is the largest value in it, of equal ones the
  /// first.
  static func bufferNames(_ program: Program, in taken: inout Set<String>) -> [Buffer.ID: String] {
    var owners: [Buffer.ID: (value: ValueID, count: Int)] = [:]
    for (value, view) in program.views where program.arenaOffsets[view.buffer] != nil {
      let count = view.shape.elementCount
      if let owner = owners[view.buffer], (owner.count, value.index) <= (count, owner.value.index) { continue }
      owners[view.buffer] = (value, count)
    }
    var names: [Buffer.ID: String] = [:]
    for (buffer, owner) in owners.sorted(by: { $0.key.index < $1.key.index }) {
      let producer = program.graph.producer(of: owner.value).map { program.graph[$0].name }
      let name = producer ?? program.graph[owner.value].name
      names[buffer] = name.uniqueIdentifier(in: &taken, prefix: "result")
    }
    return names
  }

  /// The name of a buffer of the arena.
  func name(of buffer: Buffer.ID) -> String {
    guard let name = bufferNames[buffer] else {
      preconditionFailure("buffer \(buffer.index) has no place in the arena")
    }
    return name
  }

  /// The buffers as properties of `Memory`, in the order in which they are written.
  var bufferProperties: String {
    let buffers = bufferNames.sorted { $0.key.index < $1.key.index }
    return buffers.map { buffer, name in
      let (start, scalar) = (program.arenaOffsets[buffer] ?? 0, program.buffer(buffer).scalar)
      let place =
        scalar == .float32
        ? start == 0 ? "arena" : "arena + \(start / scalar.byteCount)"
        : "elements(\(scalar.swiftName).self, at: \(start))"
      return "    var \(name): UnsafeMutablePointer<\(scalar.swiftName)> { \(place) }\n"
    }.joined()
  }
}
