import Foundation
import KilnEmission
import KilnGraph
import KilnLowering

/// Whole files, read and written with errors that name them.
package enum Files {
  /// The bytes of a regular file.
  ///
  /// - Throws: `FileError`, `.missing` when it can't be read, `.malformed` when it is no regular file.
  package static func read(_ path: String) throws(FileError) -> ByteStorage {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(.missing, path, "can't be read") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(.missing, path, "can't be read") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.malformed, "\(path): this is not a regular file") }

    var failure: FileError?
    let storage = ByteStorage(count: Int(status.st_size)) { memory in
      var position = 0
      while position < memory.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: memory[position...])
        let count = Foundation.read(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          failure =
            count < 0
            ? .system(.missing, path, "can't be read")
            : FileError(.malformed, "\(path): it shrank while it was read")
          return
        }
        position += count
      }
    }
    if let failure { throw failure }
    return storage
  }

  /// Writes a file, replacing what was there.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system(.unwritable, path, "can't be written") }
    var position = 0
    while position < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let error = FileError.system(.unwritable, path, "can't be written")
        close(descriptor)
        throw error
      }
      position += count
    }
    guard close(descriptor) == 0 else { throw .system(.unwritable, path, "can't be written") }
  }

  /// Writes a file, replacing what was there.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func write(_ storage: ByteStorage, to path: String) throws(FileError) {
    let result = withExtendedLifetime(storage) {
      Result { () throws(FileError) in try write(storage.bytes, to: path) }
    }
    try result.get()
  }

  /// Writes a text file in UTF-8, replacing what was there.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func write(_ text: String, to path: String) throws(FileError) {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(FileError) in try write(bytes, to: path) } }
    try result.get()
  }

  /// Writes a package's files into a folder, which is made if it isn't there.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func write(_ package: EmittedPackage, to folder: String) throws(FileError) {
    try FileError.wrap(folder, "\(package.name) can't be written") { try package.write(to: URL(filePath: folder)) }
  }

  /// Writes files below a folder, which is made if it isn't there.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func write(_ files: [EmittedPackage.File], to folder: String) throws(FileError) {
    try FileError.wrap(folder, "nothing can be written there") { try files.write(to: URL(filePath: folder)) }
  }

  /// Makes a folder, and those above it, unless it is there.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func makeFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT {
      let parent = URL(filePath: path).deletingLastPathComponent().path
      guard parent != path, !parent.isEmpty else { throw .system(.unwritable, path, "the folder can't be made") }
      try makeFolder(parent)
      if mkdir(path, 0o777) == 0 { return }
    }
    guard errno == EEXIST, isFolder(path) else { throw .system(.unwritable, path, "the folder can't be made") }
  }

  /// Bytes of a file.
  ///
  /// - Throws: `FileError`, `.missing`.
  static func size(_ path: String) throws(FileError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system(.missing, path, "can't be read") }
    return Int(status.st_size)
  }

  /// Whether `path` is a folder, or a link to one.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
