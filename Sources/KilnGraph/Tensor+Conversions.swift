import Foundation

extension Tensor {
  /// Makes a float32 tensor.
  ///
  /// Precondition: `elements` fills `shape`.
  package init(shape: [Int], floats elements: [Float]) {
    self.init(shape: shape, scalar: .float32, elements)
  }

  /// Makes a tensor by rounding each element once to `scalar`, to nearest-even for floating point and towards zero,
  /// saturating, for integers (NaN becomes 0); for `bool` every value but 0 is true.
  package init(shape: [Int], doubles elements: [Double], as scalar: ScalarType) {
    switch scalar {
    case .float32: self.init(shape: shape, scalar: scalar, elements.map { Float($0) })
    case .float64: self.init(shape: shape, scalar: scalar, elements)
    case .float16: self.init(shape: shape, scalar: scalar, elements.map { Float16($0) })
    case .bfloat16: self.init(shape: shape, scalar: scalar, elements.map { BFloat16.bitPattern(of: $0) })
    case .bool: self.init(shape: shape, scalar: scalar, elements.map { $0 == 0 ? UInt8(0) : 1 })
    case .int8: self.init(shape: shape, scalar: scalar, elements.map { Int8(saturating: $0) })
    case .uint8: self.init(shape: shape, scalar: scalar, elements.map { UInt8(saturating: $0) })
    case .int16: self.init(shape: shape, scalar: scalar, elements.map { Int16(saturating: $0) })
    case .uint16: self.init(shape: shape, scalar: scalar, elements.map { UInt16(saturating: $0) })
    case .int32: self.init(shape: shape, scalar: scalar, elements.map { Int32(saturating: $0) })
    case .uint32: self.init(shape: shape, scalar: scalar, elements.map { UInt32(saturating: $0) })
    case .int64: self.init(shape: shape, scalar: scalar, elements.map { Int64(saturating: $0) })
    case .uint64: self.init(shape: shape, scalar: scalar, elements.map { UInt64(saturating: $0) })
    }
  }

  /// Makes a tensor from integers: kept modulo the width for integer types, rounded for floating point, and for
  /// `bool` every value but 0 is true.
  package init(shape: [Int], integers elements: [Int], as scalar: ScalarType = .int64) {
    switch scalar {
    case .float32, .float64, .float16, .bfloat16:
      self.init(shape: shape, doubles: elements.map { Double($0) }, as: scalar)
    case .bool: self.init(shape: shape, scalar: scalar, elements.map { $0 == 0 ? UInt8(0) : 1 })
    case .int8, .uint8: self.init(shape: shape, scalar: scalar, elements.map { UInt8(truncatingIfNeeded: $0) })
    case .int16, .uint16: self.init(shape: shape, scalar: scalar, elements.map { UInt16(truncatingIfNeeded: $0) })
    case .int32, .uint32: self.init(shape: shape, scalar: scalar, elements.map { UInt32(truncatingIfNeeded: $0) })
    case .int64, .uint64: self.init(shape: shape, scalar: scalar, elements.map { UInt64(truncatingIfNeeded: $0) })
    }
  }

  /// Every element as a `Double`: exact except for integers beyond 2^53.
  package func doubles() -> [Double] {
    switch scalar {
    case .float32: elements(Float.self).map { Double($0) }
    case .float64: elements(Double.self)
    case .float16: elements(Float16.self).map { Double($0) }
    case .bfloat16: elements(UInt16.self).map { Double(BFloat16.value(ofBitPattern: $0)) }
    case .uint64: elements(UInt64.self).map { Double($0) }
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .bool: integers().map { Double($0) }
    }
  }

  /// Every element as a `Float`, rounded once where the type is wider.
  package func floats() -> [Float] {
    scalar == .float32 ? elements(Float.self) : doubles().map { Float($0) }
  }

  /// Every element as an `Int`: floating point is truncated towards zero, saturating; `uint64` wraps beyond 2^63.
  package func integers() -> [Int] {
    switch scalar {
    case .float32, .float64, .float16, .bfloat16: doubles().map { Int(saturating: $0) }
    case .int8: elements(Int8.self).map { Int($0) }
    case .uint8: elements(UInt8.self).map { Int($0) }
    case .int16: elements(Int16.self).map { Int($0) }
    case .uint16: elements(UInt16.self).map { Int($0) }
    case .int32: elements(Int32.self).map { Int($0) }
    case .uint32: elements(UInt32.self).map { Int($0) }
    case .int64: elements(Int64.self).map { Int($0) }
    case .uint64: elements(UInt64.self).map { Int(truncatingIfNeeded: $0) }
    case .bool: elements(UInt8.self).map { $0 == 0 ? 0 : 1 }
    }
  }

  private init<Element: BitwiseCopyable>(shape: [Int], scalar: ScalarType, _ elements: [Element]) {
    let type = TensorType(scalar, shape)
    self.init(
      type: type,
      storage: ByteStorage(count: elements.count * MemoryLayout<Element>.stride) { memory in
        elements.withUnsafeBytes { memory.copyMemory(from: $0) }
      })
  }

  private func elements<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
    [Element](unsafeUninitializedCapacity: elementCount) { buffer, count in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: storage.bytes)
      count = elementCount
    }
  }
}

/// Conversions of the 16-bit format that keeps float32's exponent and the upper 7 bits of its fraction.
private enum BFloat16 {
  static func value(ofBitPattern bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The nearest bfloat16, ties to even.
  ///
  /// Rounding goes through float32 to odd, so that it happens only once.
  static func bitPattern(of value: Double) -> UInt16 {
    var single = Float(value).bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: single >> 16) | 0x40 }
    let nearest = Double(Float(bitPattern: single))
    if nearest != value, single & 1 == 0 {
      // Inexact: the odd neighbour on the side of `value` remembers in its last bit that something was cut off.
      single = abs(nearest) > abs(value) ? single - 1 : single + 1
    }
    let roundingBias = 0x7FFF + (single >> 16 & 1)
    return UInt16(truncatingIfNeeded: (single &+ roundingBias) >> 16)
  }
}

extension FixedWidthInteger {
  /// `value` truncated towards zero and limited to this type's range; 0 for NaN.
  init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value < 0 ? .min : .max
    }
  }
}
