import Foundation

/// A file or folder that can't be used.
package struct FileError: Error, Equatable, CustomStringConvertible {
  /// What kind of fault it is; decides the exit status.
  package enum Kind: Sendable {
    /// It is not there, or can't be read.
    case missing
    /// It is not what it claims to be.
    case malformed
    /// It can't be written.
    case unwritable
    /// Something that Kiln did not write is in its place.
    case occupied
  }

  /// What kind of fault it is.
  package let kind: Kind
  /// One line: which file, what is wrong, what to do.
  package let description: String

  /// Makes an error from its one line.
  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Makes an error from the reason that the system gave last.
  package static func system(_ kind: Kind, _ path: String, _ what: String) -> FileError {
    let reason = errno == ENOENT && kind == .missing ? "there is no such file" : String(cString: strerror(errno))
    return FileError(kind, "\(path): \(what): \(reason)")
  }

  /// What `body` returns.
  ///
  /// - Throws: `.unwritable` with the system's reason when `body` throws an error of Foundation's.
  static func wrap<Result>(_ path: String, _ what: String, _ body: () throws -> Result) throws(FileError) -> Result {
    do {
      return try body()
    } catch {
      // The system's own error is the innermost.
      var cause = error as NSError
      while let inner = cause.userInfo[NSUnderlyingErrorKey] as? any Error { cause = inner as NSError }
      let isSystem = cause.domain == NSPOSIXErrorDomain
      let reason = isSystem ? String(cString: strerror(Int32(cause.code))) : cause.localizedDescription
      throw FileError(.unwritable, "\(path): \(what): \(reason)")
    }
  }
}
