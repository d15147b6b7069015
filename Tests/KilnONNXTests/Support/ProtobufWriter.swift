/// Writes protobuf messages, faulty ones too.
struct ProtobufWriter {
  var bytes: [UInt8] = []

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func tag(_ number: Int, _ wireType: Int) { varint(UInt64(number << 3 | wireType)) }

  mutating func int(_ number: Int, _ value: Int) {
    tag(number, 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func bytes(_ number: Int, _ content: [UInt8]) {
    tag(number, 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func string(_ number: Int, _ text: String) { bytes(number, Array(text.utf8)) }

  mutating func float(_ number: Int, _ value: Float) {
    tag(number, 5)
    fixed(value.bitPattern)
  }

  mutating func double(_ number: Int, _ value: Double) {
    tag(number, 1)
    fixed(value.bitPattern)
  }

  mutating func packed(_ number: Int, _ values: [Int]) {
    var content = ProtobufWriter()
    for value in values { content.varint(UInt64(bitPattern: Int64(value))) }
    bytes(number, content.bytes)
  }

  mutating func fixed(_ bits: some FixedWidthInteger) { bytes += littleEndian(bits) }
}

/// The bytes of a number, the lowest first.
func littleEndian(_ bits: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: bits.littleEndian) { Array($0) } }

/// A message made by `build`.
func message(_ build: (inout ProtobufWriter) -> Void) -> [UInt8] {
  var writer = ProtobufWriter()
  build(&writer)
  return writer.bytes
}
