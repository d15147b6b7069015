import KilnGraph

/// Bytes that are made piece by piece when somebody reads them, so that no more than one piece is held: a network's
/// packed constants together may be larger than what memory should hold beside the model.
package struct DeferredBytes: Sendable {
  /// Bytes of all pieces.
  package let byteCount: Int
  /// The number of pieces.
  package let pieceCount: Int
  private let makePiece: @Sendable (Int) -> ByteStorage

  /// Makes a sequence of pieces.
  ///
  /// - Parameters:
  ///   - byteCount: the bytes of all pieces.
  ///   - piece: makes the piece of a number below `pieceCount`, the same bytes whenever it is called.
  package init(byteCount: Int, pieceCount: Int, piece: @escaping @Sendable (Int) -> ByteStorage) {
    self.byteCount = byteCount
    self.pieceCount = pieceCount
    makePiece = piece
  }

  /// Bytes that are there already, in one piece.
  package init(_ storage: ByteStorage) {
    self.init(byteCount: storage.bytes.count, pieceCount: 1) { _ in storage }
  }

  /// Floats in `pieceCount` pieces of `pieceLength`, which `fill` is called to write over zeros.
  package init(
    pieceCount: Int, pieceLength: Int, fill: @escaping @Sendable (_ index: Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let byteCount = pieceLength * MemoryLayout<Float>.stride
    self.init(byteCount: pieceCount * byteCount, pieceCount: pieceCount) { index in
      ByteStorage(count: byteCount) { memory in
        let floats = memory.bindMemory(to: Float.self)
        floats.initialize(repeating: 0)
        if let first = floats.baseAddress { fill(index, first) }
      }
    }
  }

  /// Parts one after the other, with zeros between them so that each begins at a multiple of `alignment`.
  package init(joining parts: [DeferredBytes], alignment: Int = 1) {
    var end = 0
    var firstPieces = [0]
    // Each part but the first is preceded by its padding, a piece of its own.
    var paddings: [Int] = []
    for part in parts {
      let padding = (alignment - end % alignment) % alignment
      paddings.append(padding)
      end += padding + part.byteCount
      firstPieces.append(firstPieces[firstPieces.count - 1] + 1 + part.pieceCount)
    }
    let (starts, gaps) = (firstPieces, paddings)
    self.init(byteCount: end, pieceCount: starts[starts.count - 1]) { index in
      let part = starts.partitioningIndex { $0 > index } - 1
      guard index > starts[part] else {
        return ByteStorage(count: gaps[part]) { $0.initializeMemory(as: UInt8.self, repeating: 0) }
      }
      return parts[part].piece(index - starts[part] - 1)
    }
  }

  /// Makes a piece.
  package func piece(_ index: Int) -> ByteStorage {
    precondition((0..<pieceCount).contains(index), "there are \(pieceCount) pieces")
    return makePiece(index)
  }

  /// All bytes at once.
  package var storage: ByteStorage {
    ByteStorage(count: byteCount) { memory in
      var offset = 0
      for index in 0..<pieceCount {
        let piece = piece(index)
        withExtendedLifetime(piece) {
          UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyMemory(from: piece.bytes)
        }
        offset += piece.bytes.count
      }
    }
  }
}

extension [Int] {
  /// The first index of an ascending array whose element satisfies `predicate`, as all after it do.
  fileprivate func partitioningIndex(where predicate: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
