import KilnGraph

/// The Netpbm formats of greymaps and pixmaps, `.pgm` and `.ppm`: P2 and P3 in decimal, P5 and P6 in binary.
///
/// Source: the pages pgm(5) and ppm(5) of Netpbm. A file holds one picture.
enum Netpbm {
  /// The picture in a file's bytes; samples of other ranges than 0 to 255 are scaled to that, and rounded.
  static func decode(_ storage: ByteStorage) throws(PictureFormatError) -> Picture {
    let result = withExtendedLifetime(storage) {
      Result { () throws(PictureFormatError) in
        var reader = NetpbmReader(storage.bytes)
        return try reader.picture()
      }
    }
    return try result.get()
  }
}

/// What makes a file no picture, without the file's name.
struct PictureFormatError: Error, Equatable {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Reads a picture's header, and its samples after that.
private struct NetpbmReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func picture() throws(PictureFormatError) -> Picture {
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P") else { throw Self.foreign }
    let (channels, isBinary): (Int, Bool)
    switch bytes[1] {
    case UInt8(ascii: "2"): (channels, isBinary) = (1, false)
    case UInt8(ascii: "3"): (channels, isBinary) = (3, false)
    case UInt8(ascii: "5"): (channels, isBinary) = (1, true)
    case UInt8(ascii: "6"): (channels, isBinary) = (3, true)
    default: throw Self.foreign
    }
    position = 2
    let width = try number("its width", in: 1...Picture.maximumPixelCount)
    let height = try number("its height", in: 1...Picture.maximumPixelCount)
    let maximum = try number("its largest sample", in: 1...65_535)
    // Neither factor is more than 2^27.
    guard width * height <= Picture.maximumPixelCount else {
      throw PictureFormatError(
        "\(width) x \(height) pixels are more than the \(Picture.maximumPixelCount) that are read")
    }
    let count = width * height * channels
    let samples =
      isBinary ? try binarySamples(count, maximum: maximum) : try decimalSamples(count, maximum: maximum)
    return Picture(width: width, height: height, channels: channels, bytes: samples)
  }

  private mutating func binarySamples(_ count: Int, maximum: Int) throws(PictureFormatError) -> [UInt8] {
    guard position < bytes.count, Self.isSpace(bytes[position]) else { throw damaged("no white space ends its header") }
    position += 1
    let width = maximum > 255 ? 2 : 1
    let (wanted, actual) = (count * width, bytes.count - position)
    guard actual >= wanted else {
      throw PictureFormatError("it ends after \(actual) bytes of pixels, its header promises \(wanted)")
    }
    guard actual == wanted else { throw PictureFormatError("\(actual - wanted) bytes follow its last pixel") }
    if maximum == 255 { return Array(bytes[position...]) }
    var samples: [UInt8] = []
    samples.reserveCapacity(count)
    for index in 0..<count {
      let place = position + index * width
      let sample = width == 1 ? Int(bytes[place]) : Int(bytes[place]) << 8 | Int(bytes[place + 1])
      samples.append(try scaled(sample, maximum))
    }
    return samples
  }

  private mutating func decimalSamples(_ count: Int, maximum: Int) throws(PictureFormatError) -> [UInt8] {
    // A sample is a digit and white space at least.
    guard count <= bytes.count - position else {
      throw PictureFormatError("it has \(bytes.count - position) bytes of pixels, its header promises \(count) numbers")
    }
    var samples: [UInt8] = []
    samples.reserveCapacity(count)
    for _ in 0..<count { samples.append(try scaled(try number("a sample", in: 0...65_535), maximum)) }
    skipSpace()
    guard position == bytes.count else {
      throw PictureFormatError("\(bytes.count - position) bytes follow its last pixel")
    }
    return samples
  }

  /// A sample from 0 to `maximum` as one from 0 to 255.
  private func scaled(_ sample: Int, _ maximum: Int) throws(PictureFormatError) -> UInt8 {
    guard sample <= maximum else {
      throw PictureFormatError("a sample is \(sample), its header says that the largest is \(maximum)")
    }
    return UInt8((sample * 255 + maximum / 2) / maximum)
  }

  private mutating func number(_ what: String, in range: ClosedRange<Int>) throws(PictureFormatError) -> Int {
    let start = position
    skipSpace()
    guard position < bytes.count else { throw damaged("\(what) is not there") }
    guard start < position else { throw damaged("no white space is before \(what)") }
    var value: Int?
    while position < bytes.count, case let digit = Int(bytes[position]) - 48, (0...9).contains(digit) {
      // Beyond any range already, and far from overflow.
      guard (value ?? 0) <= range.upperBound else { break }
      value = (value ?? 0) * 10 + digit
      position += 1
    }
    guard let value else { throw damaged("\(what) is not there") }
    guard range.contains(value) else {
      throw PictureFormatError("\(what) is not from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Skips white space, and comments from `#` to the line's end.
  private mutating func skipSpace() {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
      } else if Self.isSpace(bytes[position]) {
        position += 1
      } else {
        return
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private func damaged(_ what: String) -> PictureFormatError {
    PictureFormatError("its header is damaged at byte \(position): \(what)")
  }

  private static let foreign = PictureFormatError("it does not begin as a .ppm or .pgm file does: P2, P3, P5 or P6")
}
