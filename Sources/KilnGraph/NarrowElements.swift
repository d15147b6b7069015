/// A float32 tensor's elements as the model file stores them, in fewer bytes: `element = (code - zeroPoint) * scale`.
///
/// Exact: the difference of a code of at most 16 bits and its zero point fits in float32, and the product is rounded once,
/// as `DequantizeLinear` does. Codes that are numbers of 16 bits themselves are the elements.
package struct NarrowElements: Sendable {
  /// The type of the codes: `float16`, `bfloat16`, or an integer of 8 or 16 bits.
  package let scalar: ScalarType
  /// The codes, row-major like the elements, not necessarily aligned.
  package let codes: ByteStorage
  /// One scale for all elements or one for each index along `axis`; empty when the codes are the elements.
  package let scales: [Float]
  /// One zero point for each scale, all of them 0 when there are none.
  package let zeroPoints: [Float]
  /// The axis along which scales differ.
  package let axis: Int

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
    self.init(scalar: codes.scalar, codes: codes.storage, scales: scales, zeroPoints: zeroPoints, axis: axis)
  }

  private init(scalar: ScalarType, codes: ByteStorage, scales: [Float], zeroPoints: [Float], axis: Int) {
    self.scalar = scalar
    self.codes = codes
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.axis = axis
  }

  private func with(codes: ByteStorage, axis: Int) -> NarrowElements {
    NarrowElements(scalar: scalar, codes: codes, scales: scales, zeroPoints: zeroPoints, axis: axis)
  }

  /// The elements times a factor for each index along an axis, rounded with the scales, which take the factors up; `nil` where
  /// scales would be too small to be exact, or differ along another axis.
  ///
  /// An element is then off by two roundings at most, as one is that is rounded before and after the multiplication.
  package func scaled(by factors: [Double], along axis: Int) -> NarrowElements? {
    guard scales.count <= 1 || self.axis == axis && scales.count == factors.count else { return nil }
    func each(_ numbers: [Float], absent: Float) -> [Float] {
      numbers.count == factors.count ? numbers : [Float](repeating: numbers.first ?? absent, count: factors.count)
    }
    let products = zip(each(scales, absent: 1), factors).map { Double($0) * $1 }
    guard products.allSatisfy({ $0 == 0 || Float($0).isNormal }) else { return nil }
    return NarrowElements(
      scalar: scalar, codes: codes, scales: products.map { Float($0) }, zeroPoints: each(zeroPoints, absent: 0),
      axis: axis)
  }

  /// The elements as a float32 tensor of a shape that has them.
  ///
  /// Complexity: O(elements).
  package func tensor(shape: [Int]) -> Tensor {
    var elements = Tensor(type: TensorType(scalar, shape), storage: codes).floats()
    if !scales.isEmpty {
      let stride = scales.count == 1 ? elements.count : shape[(axis + 1)...].reduce(1, *)
      for index in elements.indices {
        let channel = index / max(stride, 1) % scales.count
        elements[index] = (elements[index] - zeroPoints[channel]) * scales[channel]
      }
    }
    return Tensor(shape: shape, floats: elements).stored(as: self)
  }

  /// The same codes for other dimensions; `nil` when these don't have the axis along which scales differ.
  func reshaped(from shape: [Int], to other: [Int]) -> NarrowElements? {
    if scales.count <= 1 { return self }
    let before = shape[..<axis].reduce(1, *)
    let found = other.indices.first { other[$0] == shape[axis] && other[..<$0].reduce(1, *) == before }
    return found.map { with(codes: codes, axis: $0) }
  }

  /// The codes with their axes permuted as `transposed` says.
  func transposed(_ permutation: [Int], of shape: [Int]) -> NarrowElements {
    let tensor = Tensor(type: TensorType(scalar, shape), storage: codes).transposed(permutation)
    return with(codes: tensor.storage, axis: permutation.firstIndex(of: axis) ?? 0)
  }
}

extension Tensor {
  /// The elements as the model stores them, where it does so in fewer bytes and scales differ along `axis` at most.
  package func narrow(along axis: Int) -> NarrowElements? {
    narrow.flatMap { $0.scales.count <= 1 || $0.axis == axis ? $0 : nil }
  }
}
