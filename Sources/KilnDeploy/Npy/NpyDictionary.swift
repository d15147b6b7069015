/// Reads the Python dictionary in a NumPy file's header: only the literals that NumPy writes there.
struct NpyDictionary {
  private let bytes: Slice<UnsafeRawBufferPointer>
  private var position: Int

  init(_ bytes: Slice<UnsafeRawBufferPointer>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The three entries; each must be there once, and nothing else.
  mutating func parse() throws(NpyFormatError) -> (descriptor: String, isFortranOrder: Bool, shape: [Int]) {
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descriptor == nil:
        guard peek() != UInt8(ascii: "[") else {
          throw NpyFormatError("its elements are records; save one field of them")
        }
        descriptor = try string()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default: throw NpyFormatError("its header has an unexpected entry '\(key)'")
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    guard peek() == nil else { throw damaged() }
    guard let descriptor, let isFortranOrder, let shape else {
      throw NpyFormatError("its header lacks one of descr, fortran_order and shape")
    }
    return (descriptor, isFortranOrder, shape)
  }

  private mutating func string() throws(NpyFormatError) -> String {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw damaged() }
    position += 1
    var text: [UInt8] = []
    while position < bytes.endIndex, bytes[position] != quote {
      // The names and types that NumPy writes are short and printable.
      guard text.count < 64, (0x20..<0x7F).contains(bytes[position]) else { throw damaged() }
      text.append(bytes[position])
      position += 1
    }
    guard position < bytes.endIndex else { throw damaged() }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func boolean() throws(NpyFormatError) -> Bool {
    for (word, value) in [("True", true), ("False", false)] {
      skipSpace()
      if bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
    }
    throw damaged()
  }

  private mutating func tuple() throws(NpyFormatError) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !accept(")") {
      numbers.append(try number())
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func number() throws(NpyFormatError) -> Int {
    skipSpace()
    var value: Int?
    while position < bytes.endIndex, case let digit = Int(bytes[position]) - 48, (0...9).contains(digit) {
      let (product, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      guard !overflow, !carry else { throw NpyFormatError("a dimension in its header is too large") }
      value = sum
      position += 1
    }
    guard let value else { throw damaged() }
    return value
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(NpyFormatError) {
    guard accept(character) else { throw damaged() }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func peek() -> UInt8? {
    skipSpace()
    return position < bytes.endIndex ? bytes[position] : nil
  }

  private mutating func skipSpace() {
    while position < bytes.endIndex, bytes[position] == 0x20 || bytes[position] == 0x0A { position += 1 }
  }

  private func damaged() -> NpyFormatError { NpyFormatError("its header is damaged at byte \(position)") }
}
