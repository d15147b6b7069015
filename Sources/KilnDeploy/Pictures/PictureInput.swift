import KilnGraph

/// How pictures become a network's input.
package struct PictureInput: Equatable, Sendable {
  /// What is done to pictures of another size.
  package var resize: PictureResize
  /// What the network is given of a pixel; `nil` for numbers from 0 to 1, or an integer input's bytes as they are.
  package var pixels: PixelFormat?
  /// Whether images have their channels last where their dimensions don't tell.
  package var isChannelsLast: Bool

  /// Makes a description.
  package init(resize: PictureResize = .crop, pixels: PixelFormat? = nil, isChannelsLast: Bool = false) {
    self.resize = resize
    self.pixels = pixels
    self.isChannelsLast = isChannelsLast
  }

  /// A picture as an input of a network.
  ///
  /// - Throws: `PictureInputError` where the input is no image.
  package func tensor(_ picture: Picture, as type: TensorType) throws(PictureInputError) -> Tensor {
    guard let layout = ImageLayout(type.shape, isChannelsLast: isChannelsLast) else {
      throw PictureInputError("\(type) is no image of 1 or 3 channels: give a .npy file")
    }
    let isByte = type.scalar == .uint8
    guard type.scalar.isFloatingPoint || isByte else {
      throw PictureInputError("\(type) takes neither floats nor bytes: give a .npy file")
    }
    let order = pixels?.order ?? (layout.channels == 1 ? .gray8 : layout.channels == 4 ? .rgba8 : .rgb8)
    let resized = (order == .gray8 ? picture.grey : picture.colored)
      .resized(width: layout.width, height: layout.height, resize)
    if isByte {
      guard pixels.map({ $0 == PixelFormat($0.order) }) ?? true else {
        throw PictureInputError("\(type) takes bytes, which are given as they are: leave out mean, scale and std")
      }
      guard order.byteCount == layout.channels else { throw mismatch(order, type) }
      return tensor(of: resized, order, layout, type) { _ in Double.init }
    }
    guard order.channelCount == layout.channels else { throw mismatch(order, type) }
    let format = pixels ?? PixelFormat(order, scale: [Double](repeating: 1.0 / 255, count: order.channelCount))
    return tensor(of: resized, order, layout, type) { channel in
      { (Double($0) - format.mean[channel]) * format.scale[channel] }
    }
  }

  /// The dimensions of an input that the model leaves open, for a picture: one image, and its size where that is open.
  ///
  /// - Parameter dimensions: the model's, `nil` where it fixes none, and without any where even their number is open.
  package func shape(for picture: Picture, _ dimensions: [Int?]) -> [Int] {
    let dimensions = dimensions.isEmpty ? [nil, nil, nil, nil] : dimensions
    let channels = pixels?.order.channelCount ?? picture.channels
    guard dimensions.count == 4 else { return dimensions.map { $0 ?? 1 } }
    func isChannelCount(_ axis: Int) -> Bool { dimensions[axis].map(ImageLayout.isChannelCount) ?? false }
    let isLast = !isChannelCount(1) && isChannelCount(3)
    let own = isLast ? [1, picture.height, picture.width, channels] : [1, channels, picture.height, picture.width]
    return zip(dimensions, own).map { $0 ?? $1 }
  }

  private func tensor(
    of picture: Picture, _ order: PixelFormat.Order, _ layout: ImageLayout, _ type: TensorType,
    _ value: (_ channel: Int) -> (UInt8) -> Double
  ) -> Tensor {
    var elements = [Double](repeating: 0, count: type.elementCount)
    let pixelCount = layout.width * layout.height
    for channel in 0..<layout.channels {
      let value = value(channel)
      // An opacity is not in a picture: all of it is seen.
      let table = (0...255).map { value(channel < 3 ? UInt8($0) : 255) }
      let source = order == .bgr8 ? 2 - channel : min(channel, picture.channels - 1)
      for pixel in 0..<pixelCount {
        let place = layout.isChannelsLast ? pixel * layout.channels + channel : channel * pixelCount + pixel
        elements[place] = table[Int(picture.bytes[pixel * picture.channels + source])]
      }
    }
    return Tensor(shape: type.shape, doubles: elements, as: type.scalar)
  }

  private func mismatch(_ order: PixelFormat.Order, _ type: TensorType) -> PictureInputError {
    PictureInputError("\(order.rawValue) does not have the channels of \(type)")
  }
}

/// An input that takes no pictures, or not these, in words that follow a file's name.
package struct PictureInputError: Error, Equatable {
  /// What is wrong.
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Where the pixels of an image are in a tensor of one image.
struct ImageLayout: Equatable {
  let height: Int
  let width: Int
  let channels: Int
  let isChannelsLast: Bool

  /// The layout of dimensions; `nil` when they are no image's.
  ///
  /// Dimensions that begin with 1 are one image's, those of two a grey image's. Channels are last where the second
  /// dimension is no number of channels, or where they would be by that and `isChannelsLast` says so.
  init?(_ shape: [Int], isChannelsLast: Bool) {
    var dimensions = shape[...]
    if dimensions.count == 4 {
      guard dimensions.first == 1 else { return nil }
      dimensions.removeFirst()
    }
    if dimensions.count == 2 { dimensions.append(1) }
    guard dimensions.count == 3, let first = dimensions.first, let last = dimensions.last,
      dimensions.allSatisfy({ $0 > 0 })
    else { return nil }
    let isLast = Self.isChannelCount(last) && (isChannelsLast || shape.count == 2 || !Self.isChannelCount(first))
    guard isLast || Self.isChannelCount(first) else { return nil }
    let inner = dimensions[dimensions.startIndex + 1]
    (height, width) = isLast ? (first, inner) : (inner, last)
    channels = isLast ? last : first
    self.isChannelsLast = isLast
  }

  /// Whether pixels may have this number of channels.
  static func isChannelCount(_ count: Int) -> Bool { [1, 3, 4].contains(count) }
}
