/// Walks over the fields of one message in the order in which they are written.
///
/// Knows the wire format only, not the messages' definitions: a caller switches over `Field.number` and passes over what
/// it doesn't know. Every length is checked before it is used. Groups, which ONNX never used, are rejected.
/// Source: protobuf.dev, "Encoding".
struct FieldReader {
  private let message: MessageBytes
  private var position = 0

  init(_ message: MessageBytes) { self.message = message }

  /// The next field; `nil` after the last one.
  mutating func next() throws(WireError) -> Field? {
    guard position < message.count else { return nil }
    let offset = message.offset + position
    let tag = try varint()
    guard let number = Int(exactly: tag >> 3), (1..<1 << 29).contains(number) else {
      throw WireError(offset: offset, reason: "field number \(tag >> 3) is out of range")
    }
    let content: Field.Content
    switch tag & 7 {
    case 0: content = .varint(try varint())
    case 1: content = .fixed64(try fixed(UInt64.self))
    case 2: content = .bytes(try lengthDelimited())
    case 5: content = .fixed32(try fixed(UInt32.self))
    case 3, 4: throw WireError(offset: offset, reason: "field \(number) is a group, which ONNX does not use")
    default: throw WireError(offset: offset, reason: "field \(number) has the undefined wire type \(tag & 7)")
    }
    return Field(number: number, content: content, offset: offset)
  }

  /// The next number of a packed field; `nil` after the last one.
  mutating func nextPackedVarint() throws(WireError) -> UInt64? {
    position < message.count ? try varint() : nil
  }

  /// The next number of a packed field of fixed width; `nil` after the last one.
  mutating func nextPackedFixed<Bits: FixedWidthInteger>(_ type: Bits.Type) throws(WireError) -> Bits? {
    position < message.count ? try fixed(type) : nil
  }

  private mutating func varint() throws(WireError) -> UInt64 {
    let bytes = message.storage.bytes
    let start = position
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if shift == 63, byte > 1 { throw WireError(offset: message.offset + start, reason: "a number exceeds 64 bits") }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw WireError(offset: message.offset + start, reason: "the data ends inside a number")
  }

  private mutating func fixed<Bits: FixedWidthInteger>(_: Bits.Type) throws(WireError) -> Bits {
    let size = MemoryLayout<Bits>.size
    guard message.count - position >= size else {
      throw WireError(offset: message.offset + position, reason: "the data ends inside a number of \(size) bytes")
    }
    let bits = message.storage.bytes.loadUnaligned(fromByteOffset: position, as: Bits.self)
    position += size
    return Bits(littleEndian: bits)
  }

  private mutating func lengthDelimited() throws(WireError) -> MessageBytes {
    let start = position
    let length = try varint()
    let remaining = message.count - position
    guard length <= UInt64(remaining) else {
      throw WireError(
        offset: message.offset + start, reason: "a field of \(length) bytes does not fit the \(remaining) that follow")
    }
    let range = position..<position + Int(length)
    position = range.upperBound
    return MessageBytes(
      message.storage.slice(range), offset: message.offset + range.lowerBound, depth: message.depth + 1)
  }
}
