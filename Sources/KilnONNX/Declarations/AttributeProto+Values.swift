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

  static func text(_ name: String, _ text: String) -> Self {
    Self(name, .string, [field(4, .bytes(message(Array(text.utf8))))])
  }

  /// A tensor of one float32 number.
  static func tensor(_ name: String) -> Self { Self(name, .tensor, [field(5, .bytes(message(number)))]) }

  /// A sparse tensor of one float32 number.
  static func sparseTensor(_ name: String) -> Self {
    // The place 0, a list of one int64.
    let places: [UInt8] = [0x08, 1, 0x10, 7, 0x4A, 8, 0, 0, 0, 0, 0, 0, 0, 0]
    let tensor = [0x0A, UInt8(number.count)] + number + [0x12, UInt8(places.count)] + places + [0x18, 1]
    return Self(name, .sparseTensor, [field(22, .bytes(message(tensor)))])
  }

  /// The body of a loop, which hands its condition and one value on.
  static func loopBody(_ name: String) -> Self {
    func ports(_ tag: UInt8, _ names: String) -> [UInt8] { names.utf8.flatMap { [tag, 3, 0x0A, 1, $0] } }
    return Self(name, .graph, [field(6, .bytes(message(ports(0x5A, "icx") + ports(0x62, "cx"))))])
  }

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
