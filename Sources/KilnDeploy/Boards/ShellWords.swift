/// Words as the shells of boards take them.
package enum ShellWords {
  /// The text as one word of the command line of any shell that has single quotes.
  package static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }

  /// A command by which any login shell runs a script of the standard shell.
  static func command(_ script: String) -> String { "exec sh -c \(quoted(script))" }
}
