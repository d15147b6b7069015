/// A command line that makes no sense: one line (exit status 64).
struct UsageError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what would be right.
  let description: String

  init(_ description: String) { self.description = description }
}
