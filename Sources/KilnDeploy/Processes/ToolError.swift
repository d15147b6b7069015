/// A program that is not there, or that fails through no fault of the user's files.
public struct ToolError: Error, Equatable, CustomStringConvertible {
  /// One line, and below it what the program said: which program, what went wrong, the command that mends it.
  public let description: String

  /// Makes an error from its text.
  public init(_ description: String) { self.description = description }
}

/// The user, or the system, asked this program to stop.
public struct Interruption: Error, Equatable {
  /// The signal.
  public let signal: Int32
}
