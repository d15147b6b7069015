import Foundation
import KilnEmission

/// Puts files into a folder that may hold others, each in one step, when all of them are whole.
package enum FileDelivery {
  /// Throws unless files of these names can be put into a folder: each is free, or is one that a build made.
  ///
  /// - Throws: `FileError`, `.occupied` where there is something else, `.unwritable`.
  package static func check(_ names: [String], in folder: String) throws {
    var existing = URL(filePath: folder).standardizedFileURL
    while existing.path != "/", !FileManager.default.fileExists(atPath: existing.path) {
      existing.deleteLastPathComponent()
    }
    guard Files.isFolder(existing.path) else {
      throw FileError(.occupied, "\(existing.path): there is a file of that name; name another folder with --output")
    }
    // The system's word on who may write where is not the last one: a folder is made there, and removed.
    try ScratchFolder.use(in: existing.path, prefix: scratchPrefix) { _ in }
    for name in names { try requireReplaceable("\(folder)/\(name)") }
  }

  /// Copies files into a folder, which is made if it isn't there, in the place of what builds made before.
  ///
  /// Signals wait until all are in place.
  ///
  /// - Throws: `FileError`, `Interruption`.
  package static func deliver(_ files: [(name: String, path: String)], to folder: String) throws {
    try check(files.map(\.name), in: folder)
    try Files.makeFolder(folder)
    try ScratchFolder.use(in: folder, prefix: scratchPrefix) { scratch in
      for file in files {
        try FileError.wrap("\(folder)/\(file.name)", "can't be written") {
          try FileManager.default.copyItem(atPath: file.path, toPath: "\(scratch)/\(file.name)")
        }
      }
      let guardian = SignalGuardian()
      let failed = files.first { rename("\(scratch)/\($0.name)", "\(folder)/\($0.name)") != 0 }
      let error = failed.map { FileError.system(.unwritable, "\(folder)/\($0.name)", "can't be replaced") }
      if let signal = guardian.stop() { throw Interruption(signal: signal) }
      if let error { throw error }
    }
  }

  private static let scratchPrefix = ".kiln-"

  /// Throws unless a path is free, a text that Kiln wrote, or a program or library.
  private static func requireReplaceable(_ path: String) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw .system(.unwritable, path, "can't be written")
    }
    let advice = "move it away, or name another --output or --name"
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(.occupied, "\(path): there is something else of that name; \(advice)")
    }
    let start = FileHandle(forReadingAtPath: path)?.readData(ofLength: 1024) ?? Data()
    let isBinary = start.starts(with: Data("\u{7F}ELF".utf8)) || start.starts(with: Data("!<arch>\n".utf8))
    guard isBinary || start.range(of: Data(EmittedLibrary.marker.utf8)) != nil else {
      throw FileError(.occupied, "\(path): Kiln did not write this file, so it won't replace it; \(advice)")
    }
  }
}
