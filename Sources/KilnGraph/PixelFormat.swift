/// What the numbers of a pixel are, and what a network is given of them.
///
/// A network gets `(byte - mean) * scale` of each channel, the bytes from 0 to 255.
package struct PixelFormat: Equatable, Sendable {
  /// The order of a pixel's channels.
  package enum Order: String, CaseIterable, Sendable {
    /// Red, green, blue.
    case rgb8
    /// Blue, green, red.
    case bgr8
    /// Shades of grey.
    case gray8
    /// Red, green, blue, opacity; the last is not looked at.
    case rgba8

    /// Bytes of a pixel.
    package var byteCount: Int {
      switch self {
      case .rgb8, .bgr8: 3
      case .gray8: 1
      case .rgba8: 4
      }
    }

    /// Which byte of a pixel is a channel that the network sees: the bytes are in the order of its channels, those of `bgr8` the
    /// other way round.
    package func place(ofChannel channel: Int) -> Int { self == .bgr8 ? 2 - channel : channel }

    /// Channels that a network sees.
    package var channelCount: Int { self == .gray8 ? 1 : 3 }
  }

  /// The order of a pixel's channels.
  package var order: Order
  /// What is subtracted from each channel that a network sees.
  package var mean: [Double]
  /// What each is multiplied by after that.
  package var scale: [Double]

  /// Makes a format; for a network that gets the bytes as they are unless said otherwise.
  ///
  /// Precondition: `mean` and `scale` are `nil` or have a number for each channel.
  package init(_ order: Order, mean: [Double]? = nil, scale: [Double]? = nil) {
    self.order = order
    self.mean = mean ?? [Double](repeating: 0, count: order.channelCount)
    self.scale = scale ?? [Double](repeating: 1, count: order.channelCount)
    precondition(self.mean.count == order.channelCount && self.scale.count == order.channelCount)
  }

  /// Reads `rgb8|bgr8|gray8|rgba8[,mean=…][,scale=…|std=…]`.
  ///
  /// Each has one number, or one for each channel that a network sees, in the network's order, with commas between them. A
  /// number may be a fraction, such as 1/255.
  ///
  /// - Throws: `PixelFormatError`.
  package init(_ text: String) throws(PixelFormatError) {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    guard let order = Order(rawValue: String(words[0])) else {
      let names = Order.allCases.map(\.rawValue).joined(separator: ", ")
      throw PixelFormatError("'\(words[0])' is none of \(names)")
    }
    var lists: [String: [Double]] = [:]
    var key = ""
    for word in words.dropFirst() {
      var number = word[...]
      if let equals = word.firstIndex(of: "=") {
        key = String(word[..<equals])
        guard ["mean", "scale", "std"].contains(key) else {
          throw PixelFormatError("'\(key)' is none of mean, scale, std")
        }
        guard lists.updateValue([], forKey: key) == nil else { throw PixelFormatError("\(key) is given twice") }
        number = word[word.index(after: equals)...]
      }
      guard !key.isEmpty else { throw PixelFormatError("'\(word)' does not look like mean=127.5") }
      guard let value = Self.number(number) else { throw PixelFormatError("\(key) '\(number)' is no number") }
      lists[key, default: []].append(value)
    }
    func numbers(_ key: String) throws(PixelFormatError) -> [Double]? {
      guard let list = lists[key] else { return nil }
      if list.count == 1 { return [Double](repeating: list[0], count: order.channelCount) }
      guard list.count == order.channelCount else {
        throw PixelFormatError("\(key) has \(list.count) numbers, \(order.rawValue) has \(order.channelCount) channels")
      }
      return list
    }
    let (scale, deviation) = (try numbers("scale"), try numbers("std"))
    guard scale == nil || deviation == nil else { throw PixelFormatError("scale and std say the same: use one") }
    guard deviation.map({ !$0.contains(0) }) ?? true else {
      throw PixelFormatError("std is zero: nothing is divided by that")
    }
    self.init(order, mean: try numbers("mean"), scale: deviation.map { $0.map { 1 / $0 } } ?? scale)
  }

  /// A number, or a fraction of two.
  private static func number(_ text: Substring) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count <= 2, let numerator = parts[0], let denominator = parts.count == 2 ? parts[1] : 1 else {
      return nil
    }
    let value = numerator / denominator
    return value.isFinite ? value : nil
  }

  /// How a format is written, in the help and in messages.
  package static let syntax = "rgb8|bgr8|gray8|rgba8[,mean=…][,scale=…|std=…]"
}

/// A format that makes no sense, in words that follow the option.
package struct PixelFormatError: Error, Equatable {
  /// What is wrong.
  package let description: String

  init(_ description: String) { self.description = description }
}
