import KilnGraph

/// The bytes of one protobuf message, and where they are in their file.
///
/// Reading is lazy: nothing is copied.
struct MessageBytes: Sendable {
  /// How deeply messages may contain each other.
  ///
  /// The deepest useful model stays far below it.
  static let maximumDepth = 64

  /// The message's bytes.
  let storage: ByteStorage
  /// The first byte's offset in the file.
  let offset: Int
  /// How many messages contain this one.
  let depth: Int

  init(_ storage: ByteStorage, offset: Int = 0, depth: Int = 0) {
    self.storage = storage
    self.offset = offset
    self.depth = depth
  }

  var count: Int { storage.bytes.count }
}
