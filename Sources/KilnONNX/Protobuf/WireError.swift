/// A fault in a file's protobuf encoding.
struct WireError: Error, Equatable, CustomStringConvertible {
  /// Where in the file the faulty field, or the part of it that can't be read, begins.
  let offset: Int
  /// What is wrong, in a clause.
  let reason: String

  var description: String { "byte \(offset): \(reason)" }
}
