import Foundation
import KilnGraph

/// A regular file mapped into memory for reading, for as long as somebody holds on to a part of it.
///
/// Whoever truncates the file while it is mapped ends the program: no check in advance can prevent that.
package final class MappedFile: PagedMemory, @unchecked Sendable {
  // Unchecked: both properties are constant, and nobody writes the mapping.

  /// The file's bytes.
  package let bytes: UnsafeRawBufferPointer

  /// Maps the file at `path`.
  ///
  /// Complexity: O(1); pages are read when they are touched.
  ///
  /// - Throws: `ModelError`, `.missing` when there is no such file or it can't be read, `.malformed` when it is not a
  ///   regular file.
  package convenience init(path: String) throws(ModelError) { try self.init(path: path, followingLinks: true) }

  /// Maps the file at `path`.
  ///
  /// - Parameter followingLinks: whether the path's last part may be a symbolic link, and the file may have other names
  ///   (hard links). A file that a model names may not: it could be another's, put in reach by an archive.
  init(path: String, followingLinks: Bool) throws(ModelError) {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW)
    let descriptor = open(path, flags)
    guard descriptor >= 0 else {
      throw ModelError(.missing, "\(path): \(errno == ENOENT ? "there is no such file" : Self.lastError())")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ModelError(.missing, "\(path): \(Self.lastError())") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelError(.malformed, "\(path): this is not a regular file")
    }
    guard followingLinks || status.st_nlink == 1 else {
      throw ModelError(.malformed, "\(path): the file has other names (hard links); put a copy in its place")
    }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let memory = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let memory, memory != MAP_FAILED else { throw ModelError(.missing, "\(path): \(Self.lastError())") }
    bytes = UnsafeRawBufferPointer(start: memory, count: Int(status.st_size))
  }

  /// The whole file; it stays mapped as long as the result or a slice of it is alive.
  package var storage: ByteStorage { ByteStorage(bytes: bytes, owner: self) }

  /// Lets go of the pages that lie wholly in `bytes`.
  package func relinquish(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = Int(bitPattern: start).roundedUp(toMultipleOf: page)
    let end = (Int(bitPattern: start) + bytes.count) / page * page
    // The mapping is private and never written, so that its pages are the file's.
    if first < end { madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_DONTNEED) }
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }

  private static func lastError() -> String { "it can't be read: \(String(cString: strerror(errno)))" }
}
