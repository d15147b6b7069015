import KilnGraph

/// A constant of an element type, as kernels take it.
package enum ElementLiteral: Hashable, Sendable {
  /// A float32, which reads back exactly.
  case float(Float)
  /// A float64, which reads back exactly.
  case double(Double)
  /// The bits of a float16.
  case half(UInt16)
  /// An integer, or the bits of a bfloat16, whose type follows from its use.
  case integer(Int)
  /// An unsigned integer of 64 bits.
  case unsigned(UInt64)
  /// A small whole number whose type is said.
  case whole(Int, ScalarType)
  /// What no element of a type is larger than; infinite for floating-point numbers.
  case highest(ScalarType)
  /// What no element of a type is smaller than; infinite for floating-point numbers.
  case lowest(ScalarType)
  /// A type itself.
  case type(ScalarType)

  /// A number as an element of a type: rounded to float32, or truncated and limited to the integers there are.
  package init(_ value: Double, as scalar: ScalarType) {
    switch scalar {
    case .float32: self = .float(Float(value))
    case .float64: self = .double(value)
    case .float16: self = .half(Float16(value).bitPattern)
    case .bfloat16:
      let tensor = Tensor(shape: [1], doubles: [value], as: scalar)
      // The bytes live as long as the tensor.
      self = withExtendedLifetime(tensor) {
        .integer(Int(tensor.storage.bytes[0]) | Int(tensor.storage.bytes[1]) << 8)
      }
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .bool:
      self = .integer(Tensor(shape: [1], doubles: [value], as: scalar).integers()[0])
    case .uint64:
      self = .unsigned(UInt64(bitPattern: Int64(Tensor(shape: [1], doubles: [value], as: scalar).integers()[0])))
    }
  }
}
