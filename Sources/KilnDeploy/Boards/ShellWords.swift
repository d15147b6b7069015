/// Words as shells take them.
package enum ShellWords {
  /// The text as one word of the command line of any shell that has single quotes.
  package static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }

  /// The same, without quotes where no shell needs them, for people to read.
  package static func readable(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+:,=@%".utf8.contains(byte)
      }
    }
    return plain && !text.isEmpty && !text.hasPrefix("=") ? text : quoted(text)
  }

  /// A command by which any login shell runs a script of the standard shell.
  static func command(_ script: String) -> String { "exec sh -c \(quoted(script))" }
}
