/// A float32 tensor's elements as the model file stores them, in fewer bytes: `element = (code - zeroPoint) * scale`.
///
/// Exact: the difference of a code of at most 16 bits and its zero point fits in float32, and the product is rounded once,
/// as `DequantizeLinear` does. Codes that are numbers of 16 bits themselves are the elements.
public struct NarrowElements: Sendable {
  /// The type of the codes: `float16`, `bfloat16`, or an integer of 8 or 16 bits.
  public let scalar: ScalarType
  /// The codes, row-major like the elements, not necessarily aligned.
  public let codes: ByteStorage
  /// One scale for all elements or one for each index along `axis`; empty when the codes are the elements.
  public let scales: [Float]
  /// One zero point for each scale, all of them 0 when there are none.
  public let zeroPoints: [Float]
  /// The axis along which scales differ.
  public let axis: Int

  /// Codes that are the elements; `nil` unless they are narrower than float32 and none of it is lost.
  init?(valuesOf tensor: Tensor) {
    self.init(tensor, scales: [], zeroPoints: [], axis: 0)
  }

  /// Codes with scales and zero points, as many of one as of the other; `nil` unless they are narrow.
  init?(_ codes: Tensor, scales: [Float], zeroPoints: [Float], axis: Int) {
    switch codes.scalar {
    case .float16, .bfloat16, .int8, .uint8, .int16, .uint16: break
    case .float32, .float64, .int32, .uint32, .int64, .uint64, .bool: return nil
    }
    scalar = codes.scalar
    self.codes = codes.storage
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.axis = axis
  }

  private init(_ other: NarrowElements, codes: ByteStorage, axis: Int) {
    scalar = other.scalar
    self.codes = codes
    scales = other.scales
    zeroPoints = other.zeroPoints
    self.axis = axis
  }

  /// The same codes for other dimensions; `nil` when these don't have the axis along which scales differ.
  func reshaped(from shape: [Int], to other: [Int]) -> NarrowElements? {
    if scales.count <= 1 { return self }
    let before = shape[..<axis].reduce(1, *)
    let found = other.indices.first { other[$0] == shape[axis] && other[..<$0].reduce(1, *) == before }
    return found.map { NarrowElements(self, codes: codes, axis: $0) }
  }

  /// The codes with their axes permuted as `transposed` says.
  func transposed(_ permutation: [Int], of shape: [Int]) -> NarrowElements {
    let tensor = Tensor(type: TensorType(scalar, shape), storage: codes).transposed(permutation)
    return NarrowElements(self, codes: tensor.storage, axis: permutation.firstIndex(of: axis) ?? 0)
  }
}
