import Foundation
import KilnGraph

/// Files with pictures: `.ppm` and `.pgm` are read here, `.png` and `.jpg` by a program that is there.
package enum PictureFile {
  /// Whether a file's name is a picture's.
  package static func isNamed(_ path: String) -> Bool { Kind(path) != nil }

  /// The endings of names, without the point.
  static let extensions: [String] = Kind.extensions.keys.sorted()

  /// What a file's name says that it is.
  private enum Kind {
    case netpbm, other

    static let extensions: [String: Kind] = [
      "ppm": .netpbm, "pgm": .netpbm, "png": .other, "jpg": .other, "jpeg": .other,
    ]

    init?(_ path: String) {
      guard let kind = Self.extensions[URL(filePath: path).pathExtension.lowercased()] else { return nil }
      self = kind
    }
  }

  /// Reads a picture.
  ///
  /// - Throws: `FileError`, `.missing` when the file can't be read, `.malformed` when it is no picture; `ToolError` when there is no
  ///   program for it; `Interruption`.
  package static func read(_ path: String) throws -> Picture {
    let storage = try Files.read(path)
    guard Kind(path) == .other else { return try decoded(storage, path) }
    guard let format = PictureConverter.Format(storage.bytes) else {
      throw FileError(.malformed, "\(path): it does not begin as a .png or .jpg file does")
    }
    return try ScratchFolder.use(in: FileManager.default.temporaryDirectory.path, prefix: "kiln-picture-") { folder in
      let converted = "\(folder)/picture.ppm"
      try PictureConverter.convert(path, format, to: converted)
      return try decoded(Files.read(converted), path)
    }
  }

  private static func decoded(_ storage: ByteStorage, _ path: String) throws(FileError) -> Picture {
    do throws(PictureFormatError) {
      return try Netpbm.decode(storage)
    } catch {
      throw FileError(.malformed, "\(path): \(error.description)")
    }
  }
}
