extension String {
  /// A string literal of C and C++ for this string, in UTF-8.
  ///
  /// What isn't printable ASCII is escaped in octal, which ends after three digits, and so are question marks, two of which would
  /// begin a trigraph.
  package var cLiteral: String {
    let characters = utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\\(Character(Unicode.Scalar(byte)))"
      case UInt8(ascii: "?"): "\\?"
      case 0x20..<0x7f: String(Character(Unicode.Scalar(byte)))
      default: "\\" + String(repeating: "0", count: max(0, 3 - String(byte, radix: 8).count)) + String(byte, radix: 8)
      }
    }
    return "\"\(characters.joined())\""
  }

  /// A string literal of Python's for this string.
  package var pythonLiteral: String {
    let scalars = unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"", "\\": return "\\\(scalar)"
      default:
        guard scalar.properties.generalCategory != .control else {
          let digits = String(scalar.value, radix: 16)
          return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return String(scalar)
      }
    }
    return "\"\(scalars.joined())\""
  }
}
