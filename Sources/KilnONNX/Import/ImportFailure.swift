import KilnGraph

/// Why a node or a tensor could not be imported: a clause, to which whoever knows the place adds it.
enum ImportFailure: Error, Equatable {
  /// It is valid, but Kiln does not do it.
  case unsupported(String)
  /// The file is not what it claims to be.
  case malformed(String)
  /// Another file that it names is not there.
  case missing(String)
  /// An error that knows its place already.
  case located(ModelError)

  /// A fault in the encoding.
  init(_ error: WireError) { self = .malformed(error.description) }

  /// Runs `body`, turning operands that don't fit into a failure.
  static func wrap<Result>(_ body: () throws(OperatorError) -> Result) throws(ImportFailure) -> Result {
    do { return try body() } catch { throw .malformed(error.description) }
  }

  /// Runs `body`, turning a fault in the encoding into a failure.
  static func wrap<Result>(_ body: () throws(WireError) -> Result) throws(ImportFailure) -> Result {
    do { return try body() } catch { throw ImportFailure(error) }
  }
}
