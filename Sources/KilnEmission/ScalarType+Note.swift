import KilnGraph

extension ScalarType {
  /// How C and Swift represent the elements, where the type's name doesn't say so.
  var note: String? {
    switch self {
    case .bool: "A bool is a byte that is 0 or 1."
    case .float16, .bfloat16: "Elements are bit patterns."
    case .float32, .float64, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64: nil
    }
  }
}
