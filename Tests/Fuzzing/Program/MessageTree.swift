/// A protobuf message taken apart, to be changed and written again with the right lengths.
struct MessageTree {
  /// What a message is: decides which of its fields are messages.
  enum Kind {
    case model, graph, node, attribute, tensor, port, type, tensorType, shape, dimension, function, operatorSet, entry

    /// The kind of the message in a field; `nil` when it holds something else.
    ///
    /// Source: onnx.proto.
    func child(_ number: UInt64) -> Kind? {
      switch (self, number) {
      case (.model, 7): .graph
      case (.model, 8), (.function, 9): .operatorSet
      case (.model, 25): .function
      case (.graph, 1), (.function, 7): .node
      case (.graph, 5), (.attribute, 5), (.attribute, 10): .tensor
      case (.graph, 11), (.graph, 12), (.graph, 13): .port
      case (.node, 5), (.function, 11): .attribute
      case (.attribute, 6), (.attribute, 11): .graph
      case (.tensor, 13): .entry
      case (.port, 2): .type
      case (.type, 1): .tensorType
      case (.tensorType, 2): .shape
      case (.shape, 1): .dimension
      default: nil
      }
    }
  }

  /// A field's value.
  indirect enum Value {
    case varint(UInt64)
    case fixed(ArraySlice<UInt8>)
    case bytes(ArraySlice<UInt8>)
    case message(MessageTree)
  }

  /// A field.
  struct Field {
    var number: UInt64
    var value: Value
  }

  var kind: Kind
  var fields: [Field] = []

  /// Takes a message apart; `nil` when it isn't one.
  init?(_ bytes: ArraySlice<UInt8>, kind: Kind, depth: Int = 0) {
    guard depth < 64 else { return nil }
    self.kind = kind
    var rest = bytes
    while !rest.isEmpty {
      guard let tag = Self.varint(&rest) else { return nil }
      let number = tag >> 3
      switch tag & 7 {
      case 0:
        guard let value = Self.varint(&rest) else { return nil }
        fields.append(Field(number: number, value: .varint(value)))
      case 1, 5:
        let count = tag & 7 == 1 ? 8 : 4
        guard rest.count >= count else { return nil }
        fields.append(Field(number: number, value: .fixed(rest.prefix(count))))
        rest = rest.dropFirst(count)
      case 2:
        guard let length = Self.varint(&rest), length <= UInt64(rest.count) else { return nil }
        let content = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        let message = kind.child(number).flatMap { MessageTree(content, kind: $0, depth: depth + 1) }
        fields.append(Field(number: number, value: message.map { .message($0) } ?? .bytes(content)))
      default: return nil
      }
    }
  }

  /// The message's bytes.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    for field in fields {
      switch field.value {
      case .varint(let value):
        Self.append(field.number << 3, to: &result)
        Self.append(value, to: &result)
      case .fixed(let bytes):
        Self.append(field.number << 3 | (bytes.count == 8 ? 1 : 5), to: &result)
        result += bytes
      case .bytes(let bytes): Self.append(bytes, as: field.number, to: &result)
      case .message(let message): Self.append(message.bytes[...], as: field.number, to: &result)
      }
    }
    return result
  }

  private static func append(_ bytes: ArraySlice<UInt8>, as number: UInt64, to result: inout [UInt8]) {
    append(number << 3 | 2, to: &result)
    append(UInt64(bytes.count), to: &result)
    result += bytes
  }

  private static func append(_ value: UInt64, to result: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      result.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    result.append(UInt8(rest))
  }

  private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    return nil
  }
}
