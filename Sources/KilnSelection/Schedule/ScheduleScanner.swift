import KilnKernels

/// Reads JSON (RFC 8259) as its reader asks for it: nothing is kept that wasn't asked for, nothing nests deeper than
/// the reader does, and every error has a place.
///
/// Numbers are whole; a key may occur once in an object.
struct ScheduleScanner {
  private let bytes: UnsafeRawBufferPointer
  private let origin: String
  private var offset = 0
  private var line = 1
  private var lineStart = 0

  init(_ bytes: UnsafeRawBufferPointer, origin: String) {
    self.bytes = bytes
    self.origin = origin
  }

  /// Where the next value begins.
  mutating func position() -> SchedulePosition {
    skipSpace()
    return SchedulePosition(line: line, column: offset - lineStart + 1)
  }

  /// An error at the next value.
  mutating func error(_ text: String) -> ScheduleError { ScheduleError(origin, position(), text) }

  /// Reads `{ "key": value, … }`; `body` reads the value of the key it is given.
  mutating func object(
    _ what: String, _ body: (inout ScheduleScanner, _ key: String) throws(ScheduleError) -> Void
  ) throws(ScheduleError) {
    try expect("{", "expected \(what): an object in braces")
    if take("}") { return }
    var keys: Set<String> = []
    repeat {
      let place = position()
      let key = try string("a key in quotes", limit: 64)
      guard keys.insert(key).inserted else {
        throw ScheduleError(origin, place, "`\(key.inComment)` is there twice")
      }
      try expect(":", "expected a ':' after `\(key.inComment)`")
      try body(&self, key)
    } while take(",")
    try expect("}", "expected a ',' or the '}' that ends \(what)")
  }

  /// Reads `[ value, … ]`; `body` reads a value.
  mutating func array(
    _ what: String, _ body: (inout ScheduleScanner) throws(ScheduleError) -> Void
  ) throws(ScheduleError) {
    try expect("[", "expected \(what): a list in brackets")
    if take("]") { return }
    repeat { try body(&self) } while take(",")
    try expect("]", "expected a ',' or the ']' that ends \(what)")
  }

  /// Reads a whole number in a range.
  mutating func integer(_ what: String, in range: ClosedRange<Int>) throws(ScheduleError) -> Int {
    let fault = error("expected \(what): a whole number from \(range.lowerBound) to \(range.upperBound)")
    let start = offset
    while let byte = next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]"),
      !Self.isSpace(byte), offset - start < 32
    {
      offset += 1
    }
    let digits = bytes[start..<offset]
    guard let first = digits.first, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      first != UInt8(ascii: "0") || digits.count == 1,
      let number = Int(String(decoding: digits, as: UTF8.self)), range.contains(number)
    else { throw fault }
    return number
  }

  /// Reads a string of at most `limit` bytes.
  mutating func string(_ what: String, limit: Int) throws(ScheduleError) -> String {
    let place = position()
    func fault(_ text: String) -> ScheduleError { ScheduleError(origin, place, text) }
    guard take("\"") else { throw fault("expected \(what)") }
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("a string holds a control character: write it as \\u00\(hex(byte))") }
      offset += 1
      if byte == UInt8(ascii: "\\") {
        guard let scalar = escape() else { throw fault("a string holds a '\\' that JSON doesn't know") }
        text += Array(String(scalar).utf8)
      } else {
        text.append(byte)
      }
      guard text.count <= limit else { throw fault("this string is longer than \(limit) bytes") }
    }
    guard next != nil else { throw fault("this string never ends") }
    offset += 1
    guard let result = String(validating: text, as: UTF8.self) else { throw fault("this string is not UTF-8") }
    return result
  }

  /// Throws unless nothing but space is left.
  mutating func end() throws(ScheduleError) {
    skipSpace()
    guard offset == bytes.count else { throw error("there is something after the schedule") }
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private mutating func skipSpace() {
    while let byte = next, Self.isSpace(byte) {
      offset += 1
      if byte == 0x0A {
        line += 1
        lineStart = offset
      }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ text: String) throws(ScheduleError) {
    guard take(character) else { throw error(offset == bytes.count ? "\(text); the text ends here" : text) }
  }

  /// What stands after a backslash; two escapes of UTF-16 where the first is half a scalar.
  private mutating func escape() -> Unicode.Scalar? {
    guard let byte = next else { return nil }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { return nil }
      guard 0xD800...0xDBFF ~= unit else { return Unicode.Scalar(unit) }
      guard next == UInt8(ascii: "\\") else { return nil }
      offset += 1
      guard next == UInt8(ascii: "u") else { return nil }
      offset += 1
      guard let low = codeUnit(), 0xDC00...0xDFFF ~= low else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  /// Four hexadecimal digits.
  private mutating func codeUnit() -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for byte in bytes[offset..<offset + 4] {
      guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    offset += 4
    return unit
  }

  private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
