/// A dense tensor in row-major order whose elements never change.
///
/// Copies share their storage. Elements are read through one of three conversions, `doubles()`, `floats()` and
/// `integers()`, so that an operator's reference evaluation is written once for all element types.
package struct Tensor: Sendable {
  /// The element type and dimensions.
  package let type: TensorType
  /// `type.elementCount` elements, little-endian, not necessarily aligned.
  package let storage: ByteStorage
  /// The same elements as the model stores them, where it does so in fewer bytes than they have here.
  package let narrow: NarrowElements?

  /// Views `storage` as a tensor.
  ///
  /// Precondition: `storage` has exactly the bytes of `type`.
  package init(type: TensorType, storage: ByteStorage) {
    self.init(type: type, storage: storage, narrow: nil)
  }

  /// The same with its elements as they are stored.
  ///
  /// Precondition: both are the same numbers.
  init(type: TensorType, storage: ByteStorage, narrow: NarrowElements?) {
    precondition(storage.bytes.count == type.elementCount * type.scalar.byteCount, "storage does not fit \(type)")
    self.type = type
    self.storage = storage
    self.narrow = narrow
  }

  /// The dimensions, outermost first.
  package var shape: [Int] { type.shape }

  /// The element type.
  package var scalar: ScalarType { type.scalar }

  /// The number of elements.
  package var elementCount: Int { type.elementCount }

  /// The same elements with other dimensions, sharing storage.
  ///
  /// Precondition: the element counts agree.
  package func reshaped(to shape: [Int]) -> Tensor {
    Tensor(
      type: TensorType(scalar, shape), storage: storage, narrow: narrow?.reshaped(from: self.shape, to: shape))
  }

  /// The tensor, known to be stored narrowly.
  ///
  /// Precondition: both are the same numbers.
  func stored(as narrow: NarrowElements?) -> Tensor { Tensor(type: type, storage: storage, narrow: narrow) }
}
