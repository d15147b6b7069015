/// A program that is not there, or that fails through no fault of the user's files.
package struct ToolError: Error, Equatable, CustomStringConvertible {
  /// One line, and below it what the program said: which program, what went wrong, the command that mends it.
  package let description: String

  /// Makes an error from its text.
  package init(_ description: String) { self.description = description }
}

/// The user, or the system, asked this program to stop.
package struct Interruption: Error, Equatable {
  /// The signal.
  package let signal: Int32
}
