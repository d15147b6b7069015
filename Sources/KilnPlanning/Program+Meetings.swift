import KilnLowering

extension Program {
  /// The layers before which the workers must meet, because another worker writes what they read or write, or reads
  /// what they write.
  ///
  /// None with one thread.
  ///
  /// Memory is compared buffer by buffer: two layers that work on parts of one buffer are taken to touch each other.
  package func meetings() -> Set<Int> {
    guard threads > 1 else { return [] }
    var meetings: Set<Int> = []
    var since: [Access] = []
    for (index, layer) in layers.enumerated() {
      let accesses = accesses(of: layer)
      if accesses.contains(where: { access in since.contains { access.mustWait(for: $0) } }) {
        meetings.insert(index)
        since = []
      }
      since += accesses
    }
    return meetings
  }

  /// The layers from one meeting to the next, none of which is empty.
  package func layersBetweenMeetings() -> [Range<Int>] {
    let starts = Set([0]).union(meetings()).sorted() + [layers.count]
    return zip(starts, starts.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }
  }

  /// Bytes that a layer reads or writes.
  private struct Access {
    var owner: Buffer.Owner
    var bytes: Range<Int>
    var isWrite: Bool
    var workers: Set<Int>

    func mustWait(for earlier: Access) -> Bool {
      owner == earlier.owner && (isWrite || earlier.isWrite) && bytes.overlaps(earlier.bytes)
        && workers.union(earlier.workers).count > 1
    }
  }

  private func accesses(of layer: Layer) -> [Access] {
    var reads: Set<Buffer.ID> = []
    var writes: Set<Buffer.ID> = []
    for call in layer.allCalls {
      reads.formUnion(call.reads.compactMap { views[$0]?.buffer })
      writes.formUnion(call.writes.compactMap { views[$0]?.buffer })
    }
    let workers = layer.workers
    let workspace = layer.workspaceOffset..<layer.workspaceOffset + layer.workspaceCount * MemoryLayout<Float>.stride
    let accesses = [Access(owner: .arena, bytes: workspace, isWrite: true, workers: workers)]
    return accesses
      + reads.union(writes).map { id in
        let buffer = buffer(id)
        let start = buffer.owner == .arena ? arenaOffsets[id] ?? 0 : 0
        return Access(
          owner: buffer.owner, bytes: start..<start + buffer.byteCount, isWrite: writes.contains(id), workers: workers)
      }
  }
}
