/// Quantisation with a scale and a zero point: `real = (quantised - zeroPoint) * scale`.
enum Quantization {
  /// Throws unless the type can hold quantised numbers.
  static func requireQuantized(_ type: TensorType, _ role: String) throws(OperatorError) {
    switch type.scalar {
    case .int8, .uint8, .int16, .uint16: break
    case .int32, .uint32, .int64, .uint64, .bool, .float32, .float64, .float16, .bfloat16:
      throw OperatorError("\(role) is \(type.scalar.rawValue), an integer of 8 or 16 bits is needed")
    }
  }

  /// Throws unless a scale, and the zero point that may go with it, are one number each: of rank 0, or 1 as is usual.
  static func requireScalar(
    _ inputs: [TensorType?], scale: Int?, zeroPoint: Int, as scalar: ScalarType, _ role: String
  ) throws(OperatorError) {
    if let scale {
      let type = try inputs.operand(scale, "scale of \(role)")
      try type.requireFloatingPoint("the scale of \(role)")
      guard type.rank <= 1, type.elementCount == 1 else {
        throw OperatorError("the scale of \(role) is \(type.shape), one number is needed")
      }
    }
    guard let type = inputs.optional(zeroPoint) else { return }
    try type.require(scalar, "the zero point of \(role)")
    guard type.rank <= 1, type.elementCount == 1 else {
      throw OperatorError("the zero point of \(role) is \(type.shape), one number is needed")
    }
  }

  /// `round(x / scale) + zeroPoint`, ties to even, limited to the type's range.
  ///
  /// The quotient is rounded to float32 before, as the operators' own arithmetic is.
  static func quantize(_ x: Float, scale: Float, zeroPoint: Int, as order: IntegerOrder) -> Int {
    saturate(x / scale, zeroPoint: zeroPoint, as: order)
  }

  /// The number that an exact sum becomes: `round(sum * multiplier) + zeroPoint`, ties to even, limited to the type's
  /// range, with a product in float32.
  static func requantize(_ sum: Double, multiplier: Float, zeroPoint: Int, as order: IntegerOrder) -> Int {
    saturate(Float(sum) * multiplier, zeroPoint: zeroPoint, as: order)
  }

  private static func saturate(_ quotient: Float, zeroPoint: Int, as order: IntegerOrder) -> Int {
    min(max(integer(quotient, zeroPoint: zeroPoint), order.smallest), order.largest)
  }

  /// `round(quotient) + zeroPoint`, ties to even, before it is limited; the zero point for NaN.
  static func integer(_ quotient: Float, zeroPoint: Int) -> Int {
    let rounded = quotient.isNaN ? 0 : quotient.rounded(.toNearestOrEven)
    // Limited first, so that adding the zero point can't overflow.
    return Int(min(max(rounded, -0x1p40), 0x1p40)) + zeroPoint
  }
}

extension [Tensor?] {
  /// The one number of the operand `index`, `absent` when it isn't there.
  func integer(_ index: Int, absent: Int = 0) -> Int { optional(index)?.integers().first ?? absent }

  /// The one number of the operand `index` as `Float`.
  func float(_ index: Int) throws(OperatorError) -> Float {
    guard let number = try operand(index, "scale").floats().first else { throw OperatorError("a scale is empty") }
    return number
  }
}

/// How the numbers of a scale or zero point belong to the elements of a tensor.
struct QuantizationGranularity: Hashable {
  /// The axis along which they differ.
  let axis: Int
  /// The number of elements along the axis that share one; 0 when each index along the axis has its own.
  let blockSize: Int

  /// Throws unless a scale fits a tensor: one number, one for each index along the axis, or one for each block.
  func require(_ scale: TensorType, for tensor: TensorType) throws(OperatorError) {
    if blockSize > 0 {
      try tensor.require(axis: axis)
      var shape = tensor.shape
      shape[axis] = shape[axis] / blockSize + (shape[axis] % blockSize == 0 ? 0 : 1)
      return try scale.require(shape: shape, "the scale of blocks of \(blockSize)")
    }
    guard blockSize == 0 else { throw OperatorError("the block size \(blockSize) is negative") }
    if scale.rank <= 1, scale.elementCount == 1 { return }
    try tensor.require(axis: axis)
    try scale.require(shape: [tensor.shape[axis]], "the scale")
  }

  /// The numbers repeated so that each element of a tensor of `shape` has its own.
  ///
  /// Precondition: `require` passed.
  func expand(_ parameter: Tensor, to shape: [Int]) -> Tensor {
    if blockSize > 0 {
      let strides = parameter.shape.rowMajorStrides
      return parameter.gathering(
        shape.indices.map { other in
          (0..<shape[other]).map { (other == axis ? $0 / blockSize : $0) * strides[other] }
        })
    }
    if parameter.elementCount == 1 { return parameter.reshaped(to: []).broadcast(to: shape) }
    let aligned = shape.indices.map { $0 == axis ? shape[axis] : 1 }
    return parameter.reshaped(to: aligned).broadcast(to: shape)
  }
}
