import KilnGraph
import KilnLowering
import Testing

struct DeferredBytesTests {
  private func bytes(_ pieces: [[UInt8]]) -> DeferredBytes {
    DeferredBytes(byteCount: pieces.reduce(0) { $0 + $1.count }, pieceCount: pieces.count) { index in
      ByteStorage(count: pieces[index].count) { $0.copyBytes(from: pieces[index]) }
    }
  }

  private func contents(_ storage: ByteStorage) -> [UInt8] { withExtendedLifetime(storage) { Array(storage.bytes) } }

  @Test func `parts begin aligned`() {
    let parts = [bytes([[1, 2], [3]]), bytes([]), bytes([[4, 5, 6, 7]]), bytes([[8]])]
    let joined = DeferredBytes(joining: parts, alignment: 4)
    #expect(contents(joined.storage) == [1, 2, 3, 0, 4, 5, 6, 7, 8])
    #expect(joined.byteCount == 9)
    let pieces = (0..<joined.pieceCount).map { contents(joined.piece($0)) }
    #expect(pieces.flatMap(\.self) == [1, 2, 3, 0, 4, 5, 6, 7, 8])
    #expect(pieces.filter { !$0.isEmpty } == [[1, 2], [3], [0], [4, 5, 6, 7], [8]])
    #expect(DeferredBytes(joining: []).storage.bytes.isEmpty)
  }
}
