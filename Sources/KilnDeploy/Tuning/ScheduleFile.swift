import Foundation
import KilnSelection

/// A schedule as a file.
package enum ScheduleFile {
  /// Reads a schedule.
  ///
  /// - Throws: `FileError` when the file can't be read or is too large, `ScheduleError` when it is no schedule.
  package static func read(_ path: String) throws -> Schedule {
    // Before any of it is read.
    guard try Files.size(path) <= Schedule.byteLimit else {
      throw FileError(.malformed, "\(path): this is no schedule: those have at most \(Schedule.byteLimit) bytes")
    }
    let storage = try Files.read(path)
    return try withExtendedLifetime(storage) { try Schedule(storage.bytes, origin: path) }
  }

  /// Throws unless a schedule can be written there: what takes long finds out first.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func requireWritable(_ path: String) throws(FileError) {
    let url = URL(filePath: path).resolvingSymlinksInPath()
    guard !path.isEmpty, !Files.isFolder(url.path) else {
      throw FileError(.unwritable, "'\(path)' is no file's name: name one with --output")
    }
    guard access(url.deletingLastPathComponent().path, W_OK) == 0 else {
      throw .system(.unwritable, path, "can't be written")
    }
  }

  /// Writes a schedule in one step: whoever looks sees the old file or the new one, whole.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func write(_ schedule: Schedule, to path: String) throws {
    let url = URL(filePath: path).resolvingSymlinksInPath()
    let parent = url.deletingLastPathComponent().path
    try ScratchFolder.use(in: parent, prefix: ".\(url.lastPathComponent).kiln-") { folder in
      let scratch = "\(folder)/schedule"
      try Files.write(schedule.text, to: scratch)
      guard rename(scratch, url.path) == 0 else { throw FileError.system(.unwritable, path, "can't be written") }
    }
  }
}
