import Foundation

/// Makes pixmaps of pictures in compressed formats, with ImageMagick or ffmpeg.
enum PictureConverter {
  /// A format, as a file's first bytes tell.
  enum Format: String {
    case png
    case jpeg

    init?(_ bytes: UnsafeRawBufferPointer) {
      if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        self = .png
      } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        self = .jpeg
      } else {
        return nil
      }
    }
  }

  /// Writes a picture as a pixmap of 8 bits.
  ///
  /// The program is told the format: it guesses none from the name or the contents, opens nothing else, and refuses what is too large.
  ///
  /// - Throws: `FileError`, `.malformed` when the program can't read it; `ToolError` when there is none; `Interruption`.
  static func convert(_ path: String, _ format: Format, to pixmap: String) throws {
    let source = URL(filePath: path).path
    for (name, arguments) in commands(source, format, pixmap) {
      guard let program = Subprocess.find(name) else { continue }
      let result = try Subprocess(program, arguments).run()
      guard result.status == 0, FileManager.default.fileExists(atPath: pixmap) else {
        let said = result.errors.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
        throw FileError(.malformed, "\(path): \(name) can't read it\(said)")
      }
      return
    }
    throw ToolError(
      "\(path): neither ImageMagick nor ffmpeg is here to read it: sudo apt-get install imagemagick, or convert it to .ppm"
    )
  }

  /// The programs that may be there, and what each is told.
  private static func commands(
    _ source: String, _ format: Format, _ pixmap: String
  ) -> KeyValuePairs<String, [String]> {
    let size = Picture.maximumPixelCount
    let magick = [
      "-limit", "area", "\(size)", "-limit", "width", "65535", "-limit", "height", "65535",
      // The first picture of several, upright, without what is transparent.
      "\(format.rawValue):\(source)[0]", "-auto-orient", "-alpha", "off", "-colorspace", "sRGB", "-type", "TrueColor",
      "-depth", "8", "ppm:\(pixmap)",
    ]
    let ffmpeg = [
      "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-max_pixels", "\(size)", "-f",
      "\(format.rawValue)_pipe", "-i",
      "file:\(source)", "-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2", "-update", "1",
      "file:\(pixmap)",
    ]
    return ["magick": magick, "convert": magick, "ffmpeg": ffmpeg]
  }
}
