/// A read-only run of bytes and whatever keeps it alive: memory of its own, or a part of a mapped file.
///
/// The bytes need not be aligned: a protobuf file puts a tensor's data at any offset.
package struct ByteStorage: @unchecked Sendable {
  // Unchecked: the bytes are never written after initialisation, and `owner` only keeps them mapped.
  private let owner: AnyObject
  /// The bytes; valid while this value, or a copy of it, is alive.
  package let bytes: UnsafeRawBufferPointer

  /// Views `bytes`, which stay valid and unchanged for as long as `owner` lives.
  package init(bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    self.bytes = bytes
    self.owner = owner
  }

  /// Allocates `count` bytes, aligned to 64, that `initialize` must fill.
  package init(count: Int, initialize: (UnsafeMutableRawBufferPointer) -> Void) {
    let memory = OwnedMemory(count: count)
    initialize(memory.buffer)
    self.init(bytes: UnsafeRawBufferPointer(memory.buffer), owner: memory)
  }

  /// Says that nobody reads the bytes soon: the pages of a mapped file leave memory, and are read again if need be.
  package func relinquish() { (owner as? any PagedMemory)?.relinquish(bytes) }

  /// The bytes `range`, sharing this storage.
  ///
  /// Precondition: `range` lies inside.
  package func slice(_ range: Range<Int>) -> ByteStorage {
    ByteStorage(bytes: UnsafeRawBufferPointer(rebasing: bytes[range]), owner: owner)
  }
}

/// Memory whose contents can be read again from where they came.
package protocol PagedMemory: AnyObject {
  /// Lets go of pages that lie in `bytes`, a part of this memory; their contents stay the same.
  func relinquish(_ bytes: UnsafeRawBufferPointer)
}

private final class OwnedMemory {
  let buffer: UnsafeMutableRawBufferPointer

  init(count: Int) { buffer = .allocate(byteCount: count, alignment: 64) }

  deinit { buffer.deallocate() }
}
