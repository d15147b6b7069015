import KilnGraph

/// Turns a file's tensors into Kiln's, in place wherever the file's form allows it.
struct TensorDecoder {
  /// The files beside the model.
  var externalData: ExternalData

  /// The tensor that `proto` describes.
  ///
  /// Raw, external and packed floating-point elements stay where they are; all others are copied. Those of a type that Kiln has
  /// not become ones of a wider type.
  mutating func tensor(_ proto: TensorProto) throws(ImportFailure) -> Tensor {
    guard !proto.isSegment else { throw .unsupported("it is stored in segments, which no ONNX writer uses") }
    if let narrow = NarrowElementType(dataType: proto.dataType) { return try tensor(proto, narrow) }
    let type = try Self.type(try ScalarType(dataType: proto.dataType), proto.dimensions)
    let byteCount = type.byteCount
    if proto.isExternal {
      guard proto.rawData == nil, proto.typedData.isEmpty else {
        throw .malformed("it has both external and internal data")
      }
      let storage = try externalData.bytes(proto.externalData, byteCount: byteCount)
      return Tensor(type: type, storage: Self.normalized(storage, type.scalar))
    }
    if let raw = proto.rawData {
      guard proto.typedData.isEmpty else { throw .malformed("it has both raw and typed data") }
      try Self.check(raw.count, byteCount, type)
      return Tensor(type: type, storage: Self.normalized(raw.storage, type.scalar))
    }
    return try Self.typedTensor(proto, type)
  }

  private mutating func tensor(_ proto: TensorProto, _ narrow: NarrowElementType) throws(ImportFailure) -> Tensor {
    let type = try Self.type(narrow.widened, proto.dimensions)
    let byteCount = narrow.byteCount(of: type.elementCount)
    if proto.isExternal {
      guard proto.rawData == nil, proto.typedData.isEmpty else {
        throw .malformed("it has both external and internal data")
      }
      return narrow.tensor(type.shape, try externalData.bytes(proto.externalData, byteCount: byteCount).bytes)
    }
    if let raw = proto.rawData {
      guard proto.typedData.isEmpty else { throw .malformed("it has both raw and typed data") }
      try Self.check(raw.count, byteCount, type)
      return narrow.tensor(type.shape, raw.storage.bytes)
    }
    for field in proto.typedData where field.number != TensorProto.TypedField.int32s.rawValue {
      throw .malformed("its data at byte \(field.offset) is in a field that is not for its type")
    }
    // A byte in each number; elements of 6 bits have one each.
    let spacing = narrow.bitCount == 6 ? 8 : narrow.bitCount
    let bytes = try Self.integerTensor(proto, TensorType(.uint8, [(type.elementCount * spacing + 7) / 8]))
    return narrow.tensor(type.shape, bytes.storage.bytes, spacing: spacing)
  }

  private static func type(_ scalar: ScalarType, _ shape: [Int]) throws(ImportFailure) -> TensorType {
    try ImportFailure.wrap { () throws(OperatorError) in try .checked(scalar, shape) }
  }

  private static func check(_ found: Int, _ expected: Int, _ type: TensorType) throws(ImportFailure) {
    guard found == expected else {
      throw .malformed("it has \(found) bytes of data where \(type) needs \(expected)")
    }
  }

  /// The same bytes, or for a `bool` with other bytes than 0 and 1 a copy in which those are 1.
  private static func normalized(_ storage: ByteStorage, _ scalar: ScalarType) -> ByteStorage {
    guard scalar == .bool, storage.bytes.contains(where: { $0 > 1 }) else { return storage }
    return ByteStorage(count: storage.bytes.count) { memory in
      for (index, byte) in storage.bytes.enumerated() { memory[index] = byte == 0 ? 0 : 1 }
    }
  }

  private static func typedTensor(_ proto: TensorProto, _ type: TensorType) throws(ImportFailure) -> Tensor {
    let scalar = type.scalar
    for field in proto.typedData where field.number != scalar.typedField.rawValue {
      throw .malformed("its data at byte \(field.offset) is in a field that is not for \(scalar)")
    }
    switch scalar {
    case .float32:
      if let packed = inPlace(proto) { return try tensor(type, packed) }
      var elements: [Float] = []
      for field in proto.typedData {
        try ImportFailure.wrap { () throws(WireError) in try field.appendFloats(to: &elements) }
      }
      try check(elements.count * 4, type.byteCount, type)
      return Tensor(shape: type.shape, floats: elements)
    case .float64:
      if let packed = inPlace(proto) { return try tensor(type, packed) }
      var elements: [Double] = []
      for field in proto.typedData {
        try ImportFailure.wrap { () throws(WireError) in try field.appendDoubles(to: &elements) }
      }
      try check(elements.count * 8, type.byteCount, type)
      return Tensor(shape: type.shape, doubles: elements, as: .float64)
    case .float16, .bfloat16, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool:
      return try integerTensor(proto, type)
    }
  }

  private static func integerTensor(_ proto: TensorProto, _ type: TensorType) throws(ImportFailure) -> Tensor {
    var elements: [Int] = []
    for field in proto.typedData {
      try ImportFailure.wrap { () throws(WireError) in try field.appendIntegers(to: &elements) }
    }
    guard elements.count == type.elementCount else {
      throw .malformed("it has \(elements.count) elements where \(type) needs \(type.elementCount)")
    }
    let range = type.scalar.fieldRange
    if let wrong = elements.first(where: { !range.contains($0) }) {
      throw .malformed("its element \(wrong) is not a \(type.scalar)")
    }
    let bits = Tensor(shape: type.shape, integers: elements, as: type.scalar.bitPatternType)
    return Tensor(type: type, storage: bits.storage)
  }

  /// The elements of a floating-point tensor that is packed in one piece, as protobuf's own writers do.
  private static func inPlace(_ proto: TensorProto) -> MessageBytes? {
    guard proto.typedData.count == 1, case .bytes(let packed) = proto.typedData[0].content else { return nil }
    return packed
  }

  private static func tensor(_ type: TensorType, _ bytes: MessageBytes) throws(ImportFailure) -> Tensor {
    try check(bytes.count, type.byteCount, type)
    return Tensor(type: type, storage: bytes.storage)
  }
}
