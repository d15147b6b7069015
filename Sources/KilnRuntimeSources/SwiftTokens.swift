/// The words and marks of Swift source, without comments and the insides of literals.
///
/// Text in a string is skipped with everything that is interpolated into it, which must not hold quotation marks. Numbers
/// are skipped, operators come apart into single marks. Linear in the length of the source.
struct SwiftTokens: Sequence, IteratorProtocol {
  /// A token.
  enum Token: Equatable {
    /// A name or keyword, without backticks.
    case word(Substring)
    /// A punctuation mark or a part of an operator, in ASCII.
    case mark(Unicode.Scalar)
  }

  private var rest: Substring.UTF8View

  init(_ source: String) { rest = Substring(source).utf8 }

  mutating func next() -> Token? {
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: "`"):
        rest.removeFirst()
      case UInt8(ascii: "/") where rest.starts(with: "//".utf8):
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
      case UInt8(ascii: "/") where rest.starts(with: "/*".utf8):
        skipBlockComment()
      case UInt8(ascii: "\""):
        skipString(end: rest.starts(with: "\"\"\"".utf8) ? "\"\"\"" : "\"")
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        rest = rest.drop { Self.continuesWord($0) }
      case _ where Self.continuesWord(byte):
        let word = rest.prefix { Self.continuesWord($0) }
        rest = rest[word.endIndex...]
        return .word(Substring(word))
      default:
        rest.removeFirst()
        return .mark(Unicode.Scalar(byte))
      }
    }
    return nil
  }

  /// Letters, digits, the underscore, and whatever isn't ASCII.
  private static func continuesWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// Block comments may hold block comments.
  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      let length = rest.starts(with: "/*".utf8) || rest.starts(with: "*/".utf8) ? 2 : 1
      if length == 2 { depth += rest.first == UInt8(ascii: "/") ? 1 : -1 }
      rest = rest.dropFirst(length)
    } while depth > 0 && !rest.isEmpty
  }

  private mutating func skipString(end: String) {
    rest = rest.dropFirst(end.utf8.count)
    while !rest.isEmpty && !rest.starts(with: end.utf8) {
      rest = rest.dropFirst(rest.first == UInt8(ascii: "\\") ? 2 : 1)
    }
    rest = rest.dropFirst(end.utf8.count)
  }
}
