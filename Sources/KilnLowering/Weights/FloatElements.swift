import KilnGraph

/// A constant's elements as float32, read where they are: weights may be a large part of a mapped file, at any offset.
struct FloatElements: Sendable {
  /// Elements that can be read.
  struct Reader {
    fileprivate let first: UnsafeRawPointer

    /// The element at an index.
    ///
    /// Precondition: it is inside.
    @inline(__always) subscript(index: Int) -> Float {
      first.loadUnaligned(fromByteOffset: index &* 4, as: Float.self)
    }
  }

  private let storage: ByteStorage

  /// The elements of a tensor; copied only when it isn't float32.
  init(_ tensor: Tensor) {
    let floats = tensor.scalar == .float32 ? tensor : Tensor(shape: tensor.shape, floats: tensor.floats())
    storage = floats.storage
  }

  /// Says that nobody reads the elements soon.
  func relinquish() { storage.relinquish() }

  /// Lets `body` read the elements; it isn't called when there are none.
  func read(_ body: (Reader) -> Void) {
    guard let first = storage.bytes.baseAddress else { return }
    withExtendedLifetime(storage) { body(Reader(first: first)) }
  }
}
