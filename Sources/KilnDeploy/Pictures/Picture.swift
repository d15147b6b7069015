/// A picture: interleaved pixels of 8 bits, row by row from the top.
package struct Picture: Equatable, Sendable {
  /// Pixels in a row.
  package let width: Int
  /// Rows.
  package let height: Int
  /// 1 for shades of grey, 3 for red, green and blue.
  package let channels: Int
  /// `height` rows of `width` pixels of `channels` bytes.
  package let bytes: [UInt8]

  /// Makes a picture.
  ///
  /// Precondition: there is a byte for each channel of each pixel, and a pixel.
  package init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    precondition(width > 0 && height > 0 && bytes.count == width * height * channels, "these are no picture's bytes")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// The most pixels that are read, of a file or of what a program makes of one.
  static let maximumPixelCount = 1 << 27

  /// The picture in shades of grey.
  ///
  /// The luma of ITU-R BT.601, `0.299 R + 0.587 G + 0.114 B`, in 16-bit fixed point as Pillow computes it.
  var grey: Picture {
    guard channels == 3 else { return self }
    let shades = (0..<width * height).map { pixel in
      let (red, green, blue) = (Int(bytes[3 * pixel]), Int(bytes[3 * pixel + 1]), Int(bytes[3 * pixel + 2]))
      return UInt8((19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >> 16)
    }
    return Picture(width: width, height: height, channels: 1, bytes: shades)
  }

  /// The picture in red, green and blue.
  var colored: Picture {
    guard channels == 1 else { return self }
    return Picture(width: width, height: height, channels: 3, bytes: bytes.flatMap { [$0, $0, $0] })
  }
}
