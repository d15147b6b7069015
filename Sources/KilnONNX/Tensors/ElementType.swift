import KilnGraph

extension ScalarType {
  /// The element type with this number in ONNX's `TensorProto.DataType` enumeration.
  ///
  /// - Throws: `ImportFailure` `.unsupported` for types that Kiln has not, `.malformed` for numbers that ONNX has not.
  init(dataType: Int) throws(ImportFailure) {
    switch dataType {
    case 1: self = .float32
    case 2: self = .uint8
    case 3: self = .int8
    case 4: self = .uint16
    case 5: self = .int16
    case 6: self = .int32
    case 7: self = .int64
    case 9: self = .bool
    case 10: self = .float16
    case 11: self = .float64
    case 12: self = .uint32
    case 13: self = .uint64
    case 16: self = .bfloat16
    case 8: throw .unsupported("its elements are strings; Kiln computes with numbers only")
    case 14, 15: throw .unsupported("its elements are complex numbers; Kiln computes with real numbers only")
    case 17...28:
      throw .unsupported("its elements have few bits, which only Cast, CastLike and QuantizeLinear make here")
    default: throw .malformed("element type \(dataType) is not defined")
    }
  }

  /// The type's number in that enumeration.
  var dataType: Int {
    switch self {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .uint16: 4
    case .int16: 5
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float16: 10
    case .float64: 11
    case .uint32: 12
    case .uint64: 13
    case .bfloat16: 16
    }
  }

  /// The field of a tensor that holds elements of this type when they are not raw bytes.
  var typedField: TensorProto.TypedField {
    switch self {
    case .float32: .floats
    case .float64: .doubles
    case .int64: .int64s
    case .uint32, .uint64: .uint64s
    case .float16, .bfloat16, .int8, .uint8, .int16, .uint16, .int32, .bool: .int32s
    }
  }

  /// The numbers that one element can hold in an integer field: for the 16-bit floats their bit patterns.
  var fieldRange: ClosedRange<Int> {
    switch self {
    case .int8: -0x80...0x7F
    case .uint8: 0...0xFF
    case .int16: -0x8000...0x7FFF
    case .uint16, .float16, .bfloat16: 0...0xFFFF
    case .int32: -0x8000_0000...0x7FFF_FFFF
    case .uint32: 0...0xFFFF_FFFF
    case .bool: 0...1
    case .int64, .uint64, .float32, .float64: Int.min...Int.max
    }
  }

  /// The type whose elements have this type's bit patterns as values.
  var bitPatternType: ScalarType {
    switch self {
    case .float16, .bfloat16: .uint16
    case .float32, .float64, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool: self
    }
  }
}

extension TensorType {
  /// The bytes that a tensor of this type occupies.
  var byteCount: Int { elementCount * scalar.byteCount }
}
