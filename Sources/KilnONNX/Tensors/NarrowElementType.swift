import KilnGraph

extension ScalarType {
  /// The type that has all numbers of the element type with this number in ONNX's enumeration: that type itself, if Kiln has it.
  ///
  /// Throws as `init(dataType:)`.
  init(widening dataType: Int) throws(ImportFailure) {
    if let narrow = NarrowElementType(dataType: dataType) {
      self = narrow.widened
    } else {
      try self.init(dataType: dataType)
    }
  }
}

/// An element type of ONNX with 8 bits or less that Kiln has not itself: tensors of it have a wider type, with the same numbers.
///
/// An input of such a type is to hold only numbers that the type has.
///
/// Source: ONNX's `TensorProto.DataType`, and its page on float8.
enum NarrowElementType: Int {
  case float8E4M3FN = 17
  case float8E4M3FNUZ = 18
  case float8E5M2 = 19
  case float8E5M2FNUZ = 20
  case uint4 = 21
  case int4 = 22
  case float4E2M1 = 23
  case float8E8M0 = 24
  case uint2 = 25
  case int2 = 26
  case float6E2M3 = 27
  case float6E3M2 = 28

  /// The type with this number in the enumeration; `nil` for one that Kiln has itself, or ONNX has not.
  init?(dataType: Int) { self.init(rawValue: dataType) }

  /// The type that has all of its numbers.
  var widened: ScalarType {
    switch self {
    case .int4, .int2: .int8
    case .uint4, .uint2: .uint8
    case .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float8E8M0, .float4E2M1, .float6E2M3,
      .float6E3M2:
      .float32
    }
  }

  /// Its integers; `nil` for floating-point numbers.
  var integers: ClosedRange<Int>? {
    switch self {
    case .int4: -8...7
    case .uint4: 0...15
    case .int2: -2...1
    case .uint2: 0...3
    case .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float8E8M0, .float4E2M1, .float6E2M3,
      .float6E3M2:
      nil
    }
  }

  /// The bits of an element.
  var bitCount: Int {
    switch self {
    case .int2, .uint2: 2
    case .int4, .uint4, .float4E2M1: 4
    case .float6E2M3, .float6E3M2: 6
    case .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float8E8M0: 8
    }
  }

  /// The tensor whose elements lie in `bytes` one after the other, from the lowest bit of the first byte on.
  ///
  /// Complexity: O(elements).
  ///
  /// - Parameter spacing: bits from one element to the next; as many as an element has by default.
  func tensor(_ shape: [Int], _ bytes: UnsafeRawBufferPointer, spacing: Int? = nil) -> Tensor {
    let count = shape.reduce(1, *)
    let mask = 1 << bitCount - 1
    func pattern(_ element: Int) -> Int {
      let bit = element * (spacing ?? bitCount)
      let (byte, shift) = (bit / 8, bit % 8)
      let next = shift + bitCount > 8 ? Int(bytes[byte + 1]) << 8 : 0
      return (Int(bytes[byte]) | next) >> shift & mask
    }
    guard let integers else {
      let numbers = (0...mask).map(number)
      return Tensor(shape: shape, floats: (0..<count).map { numbers[pattern($0)] })
    }
    // Patterns above the largest number are the negative ones.
    let numbers = (0...mask).map { $0 > integers.upperBound ? $0 - (mask + 1) : $0 }
    return Tensor(shape: shape, integers: (0..<count).map { numbers[pattern($0)] }, as: widened)
  }

  /// The bytes that a number of elements occupy.
  func byteCount(of elements: Int) -> Int { (elements * bitCount + 7) / 8 }

  /// The number of a bit pattern of a floating-point type.
  private func number(_ pattern: Int) -> Float {
    switch self {
    case .float8E4M3FN:
      return pattern & 0x7F == 0x7F ? .nan : Self.number(pattern, exponentBits: 4, mantissaBits: 3, bias: 7)
    case .float8E4M3FNUZ:
      return pattern == 0x80 ? .nan : Self.number(pattern, exponentBits: 4, mantissaBits: 3, bias: 8)
    case .float8E5M2:
      let sign: Float = pattern & 0x80 == 0 ? 1 : -1
      if pattern & 0x7F == 0x7C { return sign * .infinity }
      return pattern & 0x7F > 0x7C ? .nan : Self.number(pattern, exponentBits: 5, mantissaBits: 2, bias: 15)
    case .float8E5M2FNUZ:
      return pattern == 0x80 ? .nan : Self.number(pattern, exponentBits: 5, mantissaBits: 2, bias: 16)
    case .float8E8M0:
      return pattern == 0xFF ? .nan : Float(sign: .plus, exponent: pattern - 127, significand: 1)
    case .float4E2M1: return Self.number(pattern, exponentBits: 2, mantissaBits: 1, bias: 1)
    case .float6E2M3: return Self.number(pattern, exponentBits: 2, mantissaBits: 3, bias: 1)
    case .float6E3M2: return Self.number(pattern, exponentBits: 3, mantissaBits: 2, bias: 3)
    case .uint4, .int4, .uint2, .int2: return Float(pattern)
    }
  }

  /// `±2^(exponent - bias) * 1.mantissa`; without the one, of the next exponent, where the exponent's bits are 0.
  private static func number(_ pattern: Int, exponentBits: Int, mantissaBits: Int, bias: Int) -> Float {
    let mantissa = pattern & (1 << mantissaBits - 1)
    let exponent = pattern >> mantissaBits & (1 << exponentBits - 1)
    let isNegative = pattern >> (mantissaBits + exponentBits) & 1 == 1
    let whole = exponent == 0 ? mantissa : mantissa + 1 << mantissaBits
    let magnitude = Float(sign: .plus, exponent: max(exponent, 1) - bias - mantissaBits, significand: Float(whole))
    return isNegative ? -magnitude : magnitude
  }
}
