import Foundation
import KilnLowering

/// A Swift package: every file's path and contents.
///
/// The same program gives the same bytes.
package struct EmittedPackage: Sendable {
  /// One file.
  package struct File: Sendable {
    /// The path inside the package, with `/` between its parts.
    package var path: String
    /// The contents.
    package var contents: Contents
  }

  /// What a file holds.
  package enum Contents: Sendable {
    /// UTF-8 text.
    case text(String)
    /// Bytes, made when they are written.
    case bytes(DeferredBytes)
  }

  /// The network's type, module and package.
  package var name: String
  /// The C module of its constants.
  package var weightsName: String { WeightsModule.name(for: name) }
  /// The name of the benchmark program.
  package var benchmarkName: String
  /// The files.
  package var files: [File]

  /// The first line of every manifest that Kiln writes: a folder that begins so may be replaced.
  package static let manifestMarker = "// Written by Kiln"

  /// Writes all files below `directory`, which is made if it isn't there.
  package func write(to directory: URL) throws { try files.write(to: directory) }
}

extension [EmittedPackage.File] {
  /// Writes the files below `directory`, which is made if it isn't there.
  package func write(to directory: URL) throws {
    for file in self {
      let url = directory.appending(path: file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      switch file.contents {
      case .text(let text): try Data(text.utf8).write(to: url)
      case .bytes(let bytes): try bytes.write(to: url)
      }
    }
  }
}

extension DeferredBytes {
  /// Writes the pieces, each released before the next is made.
  fileprivate func write(to url: URL) throws {
    try Data().write(to: url)
    let file = try FileHandle(forWritingTo: url)
    // Small pieces are written together.
    var pending = Data()
    func flush() throws {
      try file.write(contentsOf: pending)
      pending.removeAll(keepingCapacity: true)
    }
    for index in 0..<pieceCount {
      let piece = piece(index)
      try withExtendedLifetime(piece) {
        if piece.bytes.count < Self.smallPiece {
          pending.append(contentsOf: piece.bytes)
          if pending.count >= Self.smallPiece { try flush() }
        } else {
          try flush()
          try Self.write(piece.bytes, to: file)
          piece.relinquish()
        }
      }
    }
    try flush()
    try file.close()
  }

  /// Writes a piece in parts: Foundation loses its place where the system writes less than it is given, which Linux does
  /// beyond 2 GiB.
  private static func write(_ bytes: UnsafeRawBufferPointer, to file: FileHandle) throws {
    var rest = bytes[...]
    while let first = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      let count = min(rest.count, 1 << 30)
      let part = Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: first), count: count, deallocator: .none)
      try file.write(contentsOf: part)
      rest = rest.dropFirst(count)
    }
  }

  /// Bytes of a piece that is worth a write of its own.
  private static let smallPiece = 1 << 18
}
