import Foundation
import KilnGraph
import Testing

@testable import KilnDeploy

/// Pictures in files, and as inputs of networks.
struct PictureTests {
  private func decoded(_ bytes: [UInt8]) throws -> Picture {
    try Netpbm.decode(
      ByteStorage(count: bytes.count) { memory in memory.copyBytes(from: bytes) })
  }

  private func decoded(_ header: String, _ pixels: [UInt8] = []) throws -> Picture {
    try decoded(Array(header.utf8) + pixels)
  }

  // MARK: Files

  @Test func `pixmaps and greymaps in decimal and binary are read`() throws {
    let grey = Picture(width: 2, height: 1, channels: 1, bytes: [7, 255])
    let colored = Picture(width: 1, height: 2, channels: 3, bytes: [1, 2, 3, 255, 0, 9])
    #expect(try decoded("P5\n2 1\n255\n", [7, 255]) == grey)
    #expect(try decoded("P2 2 1 255 7 255") == grey)
    #expect(try decoded("P2#a\n#b 9 9\n 2\t1 # c\n255\n7\r\n 255 \n# end") == grey)
    #expect(try decoded("P6 1 2 255\n", [1, 2, 3, 255, 0, 9]) == colored)
    #expect(try decoded("P3\n1 2\n255\n1 2 3\n255 0 9\n") == colored)
    // The first byte of the pixels may look like white space or a comment.
    #expect(try decoded("P5 2 1 255\n", [0x0A, 0x23]).bytes == [10, 35])
  }

  @Test func `other ranges are scaled to bytes`() throws {
    #expect(try decoded("P5 3 1 16\n", [0, 8, 16]).bytes == [0, 128, 255])
    #expect(try decoded("P5 3 1 65535\n", [0, 0, 0x80, 0, 0xFF, 0xFF]).bytes == [0, 128, 255])
    #expect(try decoded("P2 3 1 1000 0 500 1000").bytes == [0, 128, 255])
    #expect(try decoded("P5 2 1 1\n", [0, 1]).bytes == [0, 255])
  }

  @Test func `files that lie are refused`() throws {
    for (header, count, reason) in [
      ("", 0, "does not begin"), ("P4 1 1\n", 1, "does not begin"), ("P7 1 1 255\n", 1, "does not begin"),
      ("P5", 0, "does not begin"), ("P5\n", 0, "its width is not there"), ("P51 1 255\n", 1, "no white space"),
      ("P5 -1 1 255\n", 1, "its width is not there"), ("P5 0 1 255\n", 0, "its width is not from 1"),
      ("P5 99999999999999999999 1 255\n", 1, "its width is not from 1"),
      ("P5 1 \(1 << 28) 255\n", 1, "its height is not from 1"), ("P6 20000 20000 255\n", 9, "are more than"),
      ("P5 1 1 0\n", 1, "its largest sample is not from 1"), ("P5 1 1 65536\n", 2, "its largest sample is not from 1"),
      ("P5 1 1 255", 0, "no white space ends"), ("P5 3 4 255\n", 11, "ends after 11 bytes"),
      ("P5 3 4 255\n", 13, "1 bytes follow"), ("P5 3 4 65535\n", 12, "promises 24"),
      ("P5 1 1 15\n", 1, "a sample is 80"), ("P2 2 2 255 1 2 3", 0, "a sample is not there"),
      ("P2 1 1 255 1 2", 0, "bytes follow"), ("P2 1 1 9 10", 0, "a sample is 10"),
      ("P2 1 1 9 99999999999999999999999", 0, "a sample is not from 0"), ("P3 9000 9000 255 1", 0, "promises"),
    ] {
      do {
        _ = try decoded(header, [UInt8](repeating: 80, count: count))
        Issue.record("'\(header)' was read")
      } catch let error as PictureFormatError {
        #expect(error.description.contains(reason), "'\(header)': \(error.description)")
      }
    }
  }

  @Test func `no change of a file's bytes does harm`() throws {
    for file in [Array("P6\n2 2\n255\n".utf8) + [UInt8](0..<12), Array("P2\n# c\n2 2\n16\n1 2 3 16\n".utf8)] {
      // The last number may lose a digit, and the line's end.
      for length in 0..<file.count - 2 {
        #expect(throws: PictureFormatError.self) { try decoded(Array(file[..<length])) }
      }
      for place in file.indices {
        for value in UInt8.min...UInt8.max {
          var changed = file
          changed[place] = value
          guard let picture = try? decoded(changed) else { continue }
          #expect(picture.width * picture.height <= file.count)
        }
      }
    }
  }

  // MARK: Sizes

  /// A picture, and what Pillow's `resize` with `BILINEAR` makes of it.
  private static let sample = Picture(
    width: 7, height: 5, channels: 1,
    bytes: [
      248, 194, 190, 207, 147, 26, 237, 21, 245, 211, 239, 45, 5, 157, 159, 60, 54, 236, 109, 46, 199, 82, 32, 205, 36,
      7, 134, 222, 57, 146, 8, 149, 14, 15, 22,
    ])

  /// Pillow rounds twice.
  private func expect(_ picture: Picture, is bytes: [UInt8]) {
    #expect(picture.bytes.count == bytes.count)
    for (a, b) in zip(picture.bytes, bytes) { #expect(abs(Int(a) - Int(b)) <= 1, "\(picture.bytes)") }
  }

  @Test func `stretched pictures are Pillow's`() {
    let sample = Self.sample
    expect(sample.resized(width: 3, height: 2, .stretch), is: [157, 163, 100, 91, 95, 91])
    expect(
      sample.resized(width: 7, height: 2, .stretch),
      is: [127, 177, 168, 219, 90, 27, 195, 89, 84, 108, 127, 34, 70, 150])
    expect(
      sample.resized(width: 11, height: 9, .stretch),
      is: [
        248, 223, 194, 191, 196, 207, 169, 114, 37, 141, 237, 172, 190, 210, 201, 204, 218, 151, 87, 28, 123, 210, 46,
        134, 237, 217, 218, 235, 122, 43, 12, 94, 166, 82, 119, 161, 147, 176, 238, 133, 60, 28, 106, 176, 159, 114, 59,
        56, 120, 236, 155, 92, 52, 129, 199, 116, 83, 53, 113, 133, 125, 79, 64, 91, 158, 212, 79, 63, 57, 146, 135, 49,
        23, 39, 110, 164, 200, 65, 84, 105, 83, 87, 111, 48, 23, 51, 73, 89, 57, 97, 133, 46, 59, 149, 63, 14, 15, 19,
        22,
      ])
    #expect(sample.resized(width: 7, height: 5, .crop) == sample)
  }

  @Test func `cropped and fitted pictures keep their shape`() {
    expect(Self.sample.resized(width: 3, height: 3, .crop), is: [201, 190, 73, 107, 150, 80, 92, 79, 51])
    expect(
      Self.sample.resized(width: 4, height: 4, .fit),
      is: [181, 209, 119, 118, 105, 136, 103, 130, 81, 96, 47, 85, 0, 0, 0, 0])
    // A line stays a line, and what is thinner than a pixel stays there.
    let line = Picture(width: 100, height: 1, channels: 3, bytes: [UInt8](repeating: 9, count: 300))
    let fitted = line.resized(width: 4, height: 3, .fit)
    #expect(fitted.bytes.enumerated().allSatisfy { $1 == ((12..<24).contains($0) ? 9 : 0) })
    #expect(line.resized(width: 4, height: 3, .crop).bytes.allSatisfy { $0 == 9 })
  }

  // MARK: Inputs

  private static let colors = Picture(width: 2, height: 1, channels: 3, bytes: [0, 51, 102, 255, 204, 153])

  private func elements(_ input: PictureInput, _ shape: [Int], _ scalar: ScalarType = .float32) throws -> [Double] {
    let tensor = try input.tensor(Self.colors, as: TensorType(scalar, shape))
    #expect(tensor.type == TensorType(scalar, shape))
    return tensor.doubles().map { ($0 * 1e4).rounded() / 1e4 }
  }

  @Test func `a picture has the layout of the input`() throws {
    let planar = [0, 1, 0.2, 0.8, 0.4, 0.6]
    let interleaved = [0, 0.2, 0.4, 1, 0.8, 0.6]
    for shape in [[1, 3, 1, 2], [3, 1, 2]] { #expect(try elements(PictureInput(), shape) == planar) }
    for shape in [[1, 1, 2, 3], [1, 2, 3]] {
      #expect(try elements(PictureInput(isChannelsLast: true), shape) == interleaved)
    }
    #expect(try elements(PictureInput(), [1, 2, 5, 3], .float64).count == 30)
    #expect(try elements(PictureInput(), [1, 1, 2, 3], .uint8).count == 6)
    #expect(try elements(PictureInput(isChannelsLast: true), [1, 1, 2, 3], .uint8) == [0, 51, 102, 255, 204, 153])
    #expect(
      try elements(PictureInput(isChannelsLast: true), [1, 1, 2, 4], .uint8) == [0, 51, 102, 255, 255, 204, 153, 255])
  }

  @Test func `pixels are normalised in the network's order of channels`() throws {
    let red = PictureInput(pixels: PixelFormat(.rgb8, mean: [0, 1, 2], scale: [1, 2, 4]))
    #expect(try elements(red, [1, 3, 1, 2]) == [0, 255, 100, 406, 400, 604])
    let blue = PictureInput(pixels: PixelFormat(.bgr8, mean: [2, 1, 0], scale: [4, 2, 1]))
    #expect(try elements(blue, [1, 3, 1, 2]) == [400, 604, 100, 406, 0, 255])
    // 0.299 * 0 + 0.587 * 51 + 0.114 * 102 is 41.565, and 0.299 * 255 + 0.587 * 204 + 0.114 * 153 is 213.435.
    let grey = PictureInput(pixels: PixelFormat(.gray8))
    for shape in [[1, 1, 1, 2], [1, 2]] { #expect(try elements(grey, shape) == [42, 213]) }
  }

  @Test func `what is no image, or has other channels, is refused`() {
    for (pixels, type, reason) in [
      (nil, TensorType(.float32, [1, 10]), nil), (nil, TensorType(.float32, [10]), "is no image"),
      (nil, TensorType(.float32, [2, 3, 4, 4]), "is no image"),
      (nil, TensorType(.float32, [1, 5, 5, 5]), "is no image"),
      (nil, TensorType(.float32, [1, 3, 0, 4]), "is no image"), (nil, TensorType(.int64, [1, 3, 4, 4]), "neither"),
      (.gray8, TensorType(.float32, [1, 3, 4, 4]), "does not have the channels"),
      (.rgb8, TensorType(.float32, [1, 1, 4, 4]), "does not have the channels"),
    ] as [(PixelFormat.Order?, TensorType, String?)] {
      do {
        _ = try PictureInput(pixels: pixels.map { PixelFormat($0) }).tensor(Self.colors, as: type)
        #expect(reason == nil, "\(type)")
      } catch {
        #expect(error.description.contains(reason ?? "nothing"), "\(error.description)")
      }
    }
  }

  @Test func `open dimensions are one picture's`() {
    let input = PictureInput()
    #expect(input.shape(for: Self.colors, [nil, 3, 224, 224]) == [1, 3, 224, 224])
    #expect(input.shape(for: Self.colors, [nil, 3, nil, nil]) == [1, 3, 1, 2])
    #expect(input.shape(for: Self.colors, [1, nil, nil, 3]) == [1, 1, 2, 3])
    #expect(input.shape(for: Self.colors, []) == [1, 3, 1, 2])
  }

  // MARK: Formats of pixels

  @Test func `formats of pixels are read`() throws {
    #expect(try PixelFormat("rgb8") == PixelFormat(.rgb8, mean: [0, 0, 0], scale: [1, 1, 1]))
    #expect(
      try PixelFormat("bgr8,mean=1,2,3,std=2,4,0.5") == PixelFormat(.bgr8, mean: [1, 2, 3], scale: [0.5, 0.25, 2]))
    #expect(try PixelFormat("gray8,scale=1/255,mean=127.5") == PixelFormat(.gray8, mean: [127.5], scale: [1.0 / 255]))
    #expect(try PixelFormat("rgba8,std=2").scale == [0.5, 0.5, 0.5])
    for (text, reason) in [
      ("", "none of"), ("RGB8", "none of"), ("rgb8,", "does not look like"), ("rgb8,5", "does not look like"),
      ("rgb8,mean", "does not look like"), ("rgb8,mean=", "no number"), ("rgb8,mean=1,x", "no number"),
      ("rgb8,mean=nan", "no number"), ("rgb8,scale=1/0", "no number"), ("rgb8,scale=1/2/3", "no number"),
      ("rgb8,mean=1,2", "has 2 numbers"), ("gray8,mean=1,2,3", "has 3 numbers"), ("rgb8,gain=1", "none of"),
      ("rgb8,mean=1,mean=2", "twice"), ("rgb8,scale=1,std=1", "use one"), ("rgb8,std=0", "zero"),
    ] {
      do {
        _ = try PixelFormat(text)
        Issue.record("'\(text)' was read")
      } catch {
        #expect(error.description.contains(reason), "'\(text)': \(error.description)")
      }
    }
  }
}
