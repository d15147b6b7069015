/// The element type of a tensor.
package enum ScalarType: String, Sendable, CaseIterable {
  case float32, float64, float16, bfloat16
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case bool

  /// Bytes one element occupies; a `bool` is one byte holding 0 or 1.
  package var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Whether elements can be negative.
  package var isSigned: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16, .int8, .int16, .int32, .int64: true
    case .uint8, .uint16, .uint32, .uint64, .bool: false
    }
  }

  /// Whether elements are binary floating-point numbers.
  package var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool: false
    }
  }
}
