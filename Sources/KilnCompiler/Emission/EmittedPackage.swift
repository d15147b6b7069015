import Foundation
import KilnGraph

/// A Swift package in memory: every file's path and contents. The same program gives the same bytes.
public struct EmittedPackage: Sendable {
  /// One file.
  public struct File: Sendable {
    /// The path inside the package, with `/` between its parts.
    public var path: String
    /// The contents.
    public var contents: Contents
  }

  /// What a file holds.
  public enum Contents: Sendable {
    /// UTF-8 text.
    case text(String)
    /// Bytes.
    case bytes(ByteStorage)
  }

  /// The network's type, module and package.
  public var name: String
  /// The name of the benchmark program.
  public var benchmarkName: String
  /// The files.
  public var files: [File]

  /// The first line of every manifest that Kiln writes: a folder that begins so may be replaced.
  public static let manifestMarker = "// Written by Kiln"

  /// Writes all files below `directory`, which is made if it isn't there.
  public func write(to directory: URL) throws {
    for file in files {
      let url = directory.appending(path: file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      switch file.contents {
      case .text(let text): try Data(text.utf8).write(to: url)
      case .bytes(let storage):
        guard let base = storage.bytes.baseAddress else {
          try Data().write(to: url)
          continue
        }
        let data = Data(
          bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: storage.bytes.count, deallocator: .none)
        try data.write(to: url)
      }
    }
  }
}
