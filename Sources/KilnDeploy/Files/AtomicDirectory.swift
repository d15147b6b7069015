import Foundation
import KilnEmission
import KilnPasses
import KilnSystem

/// Replaces a package that Kiln wrote by another in one step: whoever looks sees the old one or the new one, whole.
package enum AtomicDirectory {
  /// Lets `write` fill a temporary folder beside `path`, and moves it there.
  ///
  /// When `write` throws, or the process is killed, what was there stays.
  ///
  /// - Throws: `FileError`, `.occupied` when `path` is something that Kiln did not write, `.unwritable` when it can't be
  ///   written; what `write` throws.
  package static func replace(at path: String, with write: (String) throws -> Void) throws {
    // A link is followed, so that the folder after it is replaced and not the link.
    let path = URL(filePath: path).resolvingSymlinksInPath().path
    try requireReplaceable(path)
    let parent = URL(filePath: path).deletingLastPathComponent().path
    try Files.makeFolder(parent)
    let prefix = ".\(URL(filePath: path).lastPathComponent).kiln-"
    try ScratchFolder.use(in: parent, prefix: prefix) { scratch in
      try write(scratch)
      if holdsCurrentFolder(path) {
        try requireReplaceable(path)
        return try exchangeContents(of: scratch, and: path)
      }
      // Renaming replaces nothing, or an empty folder.
      if rename(scratch, path) == 0 { return }
      guard errno == ENOTEMPTY || errno == EEXIST else { throw FileError.system(.unwritable, path, "can't be written") }
      try requireReplaceable(path)
      if kiln_exchange(scratch, path) == 0 { return }
      guard [EINVAL, ENOSYS, ENOTSUP].contains(errno) else {
        throw FileError.system(.unwritable, path, "can't be replaced")
      }
      // This file system can't exchange folders: for a moment, neither is there.
      try ScratchFolder.use(in: parent, prefix: prefix) { old in
        guard rename(path, "\(old)/old") == 0, rename(scratch, path) == 0 else {
          throw FileError.system(.unwritable, path, "can't be replaced")
        }
      }
    }
  }

  /// Whether a folder is the current one, or above it: a shell that stands there would be left in one that is gone.
  private static func holdsCurrentFolder(_ path: String) -> Bool {
    let current = URL(filePath: FileManager.default.currentDirectoryPath).resolvingSymlinksInPath().path
    return "\(current)/".hasPrefix("\(path)/")
  }

  /// Moves what a new package holds into the folder of an old one, each file or folder in one step.
  private static func exchangeContents(of scratch: String, and path: String) throws(FileError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: scratch)) ?? []
    for name in names.sorted() {
      let (new, old) = ("\(scratch)/\(name)", "\(path)/\(name)")
      if kiln_exchange(new, old) == 0 { continue }
      // There is nothing yet, or the file system can't exchange.
      ScratchFolder.remove(old)
      guard rename(new, old) == 0 else { throw .system(.unwritable, old, "can't be replaced") }
    }
  }

  /// The paths below `Sources` in a package; empty when it isn't there.
  package static func sources(at path: String) -> Set<String> {
    Set((FileManager.default.enumerator(atPath: "\(path)/Sources") ?? .init()).compactMap { $0 as? String })
  }

  /// Throws unless `path` is free, an empty folder, or a package that Kiln wrote and nobody added to.
  private static func requireReplaceable(_ path: String) throws(FileError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw .system(.unwritable, path, "can't be written")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(.occupied, "\(path): there is a file of that name; name another folder with --output")
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw .system(.unwritable, path, "can't be read")
    }
    if names.isEmpty { return }
    let manifest = (try? String(contentsOfFile: "\(path)/Package.swift", encoding: .utf8)) ?? ""
    guard manifest.split(separator: "\n").prefix(2).contains(where: { $0.hasPrefix(EmittedPackage.manifestMarker) })
    else {
      throw FileError(
        .occupied, "\(path): Kiln did not write this folder, so it won't replace it; name another with --output")
    }
    let known: Set = ["Package.swift", "Package.resolved", "README.md", "Sources", ".build", ".swiftpm", ".gitignore"]
    if let other = names.sorted().first(where: { !known.contains($0) }) {
      throw FileError(
        .occupied, "\(path): it holds '\(other)', which Kiln did not write; move that away or name another --output")
    }
  }
}
