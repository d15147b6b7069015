import KilnGraph

extension ScalarType {
  /// The element type's name in emitted Swift.
  ///
  /// A `bool` is a byte that is 0 or 1; `bfloat16` is its bit pattern.
  package var swiftName: String {
    switch self {
    case .float16: "Float16"
    case .float32: "Float"
    case .float64: "Double"
    case .int8: "Int8"
    case .uint8, .bool: "UInt8"
    case .int16: "Int16"
    case .uint16, .bfloat16: "UInt16"
    case .int32: "Int32"
    case .uint32: "UInt32"
    case .int64: "Int64"
    case .uint64: "UInt64"
    }
  }

  /// The same type's name in emitted C, which has no floating point of 16 bits: those are their bit patterns.
  package var cName: String {
    switch self {
    case .float32: "float"
    case .float64: "double"
    case .int8: "int8_t"
    case .uint8, .bool: "uint8_t"
    case .int16: "int16_t"
    case .uint16, .float16, .bfloat16: "uint16_t"
    case .int32: "int32_t"
    case .uint32: "uint32_t"
    case .int64: "int64_t"
    case .uint64: "uint64_t"
    }
  }
}
