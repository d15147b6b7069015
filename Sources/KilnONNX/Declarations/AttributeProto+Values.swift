import KilnGraph

/// Attributes made from values, for examples of nodes.
extension AttributeProto {
  static func int(_ name: String, _ value: Int) -> Self {
    Self(name, .int, [field(3, .varint(UInt64(bitPattern: Int64(value))))])
  }

  static func ints(_ name: String, _ values: [Int]) -> Self {
    Self(name, .ints, values.map { field(8, .varint(UInt64(bitPattern: Int64($0)))) })
  }

  static func float(_ name: String, _ value: Float) -> Self {
    Self(name, .float, [field(2, .fixed32(value.bitPattern))])
  }

  static func floats(_ name: String, _ values: [Float]) -> Self {
    Self(name, .floats, values.map { field(7, .fixed32($0.bitPattern)) })
  }

  static func word(_ name: String, _ word: some AttributeWord) -> Self {
    Self(name, .string, [field(4, .bytes(message(Array(word.rawValue.utf8))))])
  }

  static func strings(_ name: String, _ values: [String]) -> Self {
    Self(name, .strings, values.map { field(9, .bytes(message(Array($0.utf8)))) })
  }

  /// A tensor of one float32 number.
  static func tensor(_ name: String) -> Self { Self(name, .tensor, [field(5, .bytes(message(number)))]) }

  /// A graph whose one result is a constant.
  static func graph(_ name: String) -> Self {
    let result = Array("result".utf8)
    let initializer = number + [0x42, UInt8(result.count)] + result
    let output = [0x0A, UInt8(result.count)] + result
    let graph = [0x2A, UInt8(initializer.count)] + initializer + [0x62, UInt8(output.count)] + output
    return Self(name, .graph, [field(6, .bytes(message(graph)))])
  }

  /// The message of a tensor with the dimensions [1], the type float32, and the raw bytes of 0.
  private static let number: [UInt8] = [0x08, 1, 0x10, 1, 0x4A, 4, 0, 0, 0, 0]

  private static func field(_ number: Int, _ content: Field.Content) -> Field {
    Field(number: number, content: content, offset: 0)
  }

  private static func message(_ bytes: [UInt8]) -> MessageBytes {
    MessageBytes(ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) })
  }
}
