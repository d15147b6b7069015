import KilnGraph

/// One field of a message: its number, and its value as the wire holds it.
struct Field: Sendable {
  /// The four shapes that a value has on the wire.
  enum Content: Sendable {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(MessageBytes)
  }

  /// The number by which the message's definition knows the field.
  let number: Int
  /// The value.
  let content: Content
  /// Where in the file the field begins.
  let offset: Int

  /// The value of an `int32`, `int64`, `uint64`, `bool` or enumeration field, in two's complement.
  func integer() throws(WireError) -> Int {
    guard case .varint(let value) = content else { throw mismatch("an integer") }
    return Int(truncatingIfNeeded: value)
  }

  /// The value of a `float` field.
  func float() throws(WireError) -> Float {
    guard case .fixed32(let bits) = content else { throw mismatch("a float") }
    return Float(bitPattern: bits)
  }

  /// The value of a `bytes` field, in place.
  func bytes() throws(WireError) -> MessageBytes {
    guard case .bytes(let bytes) = content else { throw mismatch("a run of bytes") }
    return bytes
  }

  /// The value of a `string` field; it must be UTF-8.
  func string() throws(WireError) -> String {
    let bytes = try bytes()
    guard let string = String(validating: bytes.storage.bytes, as: UTF8.self) else {
      throw WireError(offset: offset, reason: "field \(number) is not UTF-8 text")
    }
    return string
  }

  /// The value of a field that is itself a message.
  func message() throws(WireError) -> MessageBytes {
    let message = try bytes()
    guard message.depth <= MessageBytes.maximumDepth else {
      throw WireError(offset: offset, reason: "messages are nested more than \(MessageBytes.maximumDepth) deep")
    }
    return message
  }

  /// Appends the numbers of a repeated integer field: one, or, packed, any number of them.
  func appendIntegers(to result: inout [Int]) throws(WireError) {
    guard case .bytes(let packed) = content else {
      result.append(try integer())
      return
    }
    var reader = FieldReader(packed)
    while let value = try reader.nextPackedVarint() { result.append(Int(truncatingIfNeeded: value)) }
  }

  /// Appends the numbers of a repeated `float` field.
  func appendFloats(to result: inout [Float]) throws(WireError) {
    guard case .bytes(let packed) = content else {
      result.append(try float())
      return
    }
    var reader = FieldReader(packed)
    while let bits = try reader.nextPackedFixed(UInt32.self) { result.append(Float(bitPattern: bits)) }
  }

  /// Appends the numbers of a repeated `double` field.
  func appendDoubles(to result: inout [Double]) throws(WireError) {
    switch content {
    case .fixed64(let bits): result.append(Double(bitPattern: bits))
    case .bytes(let packed):
      var reader = FieldReader(packed)
      while let bits = try reader.nextPackedFixed(UInt64.self) { result.append(Double(bitPattern: bits)) }
    case .varint, .fixed32: throw mismatch("doubles")
    }
  }

  private func mismatch(_ expected: String) -> WireError {
    WireError(offset: offset, reason: "field \(number) should hold \(expected)")
  }
}
