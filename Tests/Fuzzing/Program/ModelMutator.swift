import FuzzingDriver
import KilnONNX

/// Changes models so that they stay protobuf but lie: dimensions, counts, types, names, order and nesting.
struct ModelMutator {
  private var generator: Generator

  /// What a node may become.
  private static let operatorTypes = ONNXImporter.operatorTypes.sorted()

  init(seed: UInt32) { generator = Generator(state: UInt64(seed)) }

  /// A changed copy of a model; `nil` when `bytes` are no model.
  mutating func mutated(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard var model = MessageTree(Array(bytes)[...], kind: .model), !model.fields.isEmpty else { return nil }
    var names: [ArraySlice<UInt8>] = []
    collectNames(model, into: &names)
    for _ in 0...Int.random(in: 0...2, using: &generator) {
      change(&model, whole: model, names: names)
    }
    return model.bytes
  }

  /// Goes down to a random message and changes one of its fields.
  private mutating func change(_ message: inout MessageTree, whole: MessageTree, names: [ArraySlice<UInt8>]) {
    guard let index = message.fields.indices.randomElement(using: &generator) else { return }
    if case .message(var child) = message.fields[index].value, Int.random(in: 0..<8, using: &generator) > 0 {
      change(&child, whole: whole, names: names)
      message.fields[index].value = .message(child)
      return
    }
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: message.fields.remove(at: index)
    case 1:
      message.fields.insert(message.fields[index], at: message.fields.indices.randomElement(using: &generator) ?? 0)
    case 2: message.fields.swapAt(index, message.fields.indices.randomElement(using: &generator) ?? 0)
    case 3 where message.kind == .attribute:
      // A graph that holds the whole model's graph.
      let graph = whole.fields.first { $0.number == 7 }
      message.fields[index] = MessageTree.Field(number: 6, value: graph?.value ?? message.fields[index].value)
    default: change(&message.fields[index], of: message.kind, names: names)
    }
  }

  private mutating func change(_ field: inout MessageTree.Field, of kind: MessageTree.Kind, names: [ArraySlice<UInt8>])
  {
    switch field.value {
    case .varint: field.value = .varint(number())
    case .fixed(let bytes): field.value = .fixed(Array(raw(Array(bytes), maximum: bytes.count))[...])
    case .bytes(let bytes):
      switch (kind, field.number) {
      case (.node, 4):
        field.value = .bytes(Array((Self.operatorTypes.randomElement(using: &generator) ?? "Add").utf8)[...])
      case (.node, 1), (.node, 2), (.port, 1), (.tensor, 8), (.attribute, 1), (.function, 4), (.function, 5):
        field.value = .bytes(names.randomElement(using: &generator) ?? bytes)
      default: field.value = .bytes(raw(Array(bytes), maximum: bytes.count + 16)[...])
      }
    case .message(let message):
      // Its last fields are missing.
      var shorter = message
      shorter.fields.removeLast(Int.random(in: 0...message.fields.count, using: &generator))
      field.value = .message(shorter)
    }
  }

  /// libFuzzer's own mutation of a run of bytes.
  private func raw(_ bytes: [UInt8], maximum: Int) -> [UInt8] {
    guard maximum > 0 else { return bytes }
    var buffer = bytes + Array(repeating: 0, count: maximum - bytes.count)
    let count = buffer.withUnsafeMutableBufferPointer { memory in
      memory.baseAddress.map { LLVMFuzzerMutate($0, bytes.count, maximum) } ?? 0
    }
    // A field of fixed width stays as wide.
    return maximum == bytes.count ? buffer : Array(buffer.prefix(count))
  }

  /// Small numbers, and those at which arithmetic breaks.
  private mutating func number() -> UInt64 {
    let edges: [Int] = [
      -1, -2, .min, .max, .max / 2, 1 << 31, (1 << 31) - 1, 1 << 32, 1 << 28, 1 << 29, 1 << 20, 1 << 16, 65_535, 4_096,
    ]
    let value =
      Int.random(in: 0..<3, using: &generator) == 0
      ? edges.randomElement(using: &generator) ?? 0 : Int.random(in: 0...32, using: &generator)
    return UInt64(bitPattern: Int64(value))
  }

  private func collectNames(_ message: MessageTree, into names: inout [ArraySlice<UInt8>]) {
    for field in message.fields {
      switch field.value {
      case .message(let child): collectNames(child, into: &names)
      case .bytes(let bytes) where bytes.count < 64 && message.kind != .tensor: names.append(bytes)
      case .bytes, .varint, .fixed: continue
      }
    }
  }
}

/// A small generator of random numbers (Steele, Lea and Flood, 2014).
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
