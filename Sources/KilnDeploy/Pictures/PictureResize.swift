/// How a picture of another size becomes one of a network's.
package enum PictureResize: String, CaseIterable, Sendable {
  /// Each axis is scaled by itself.
  case stretch
  /// Scaled until it lies inside, in the middle of black.
  case fit
  /// Scaled until it covers everything; the middle of it is used.
  case crop

  /// The part of a picture that is seen, and the place where, for a canvas of `width` x `height`.
  func placement(of picture: Picture, width: Int, height: Int) -> Placement {
    let (w, h) = (Double(picture.width), Double(picture.height))
    switch self {
    case .stretch:
      return Placement(columns: .init(0, w, to: 0..<width), rows: .init(0, h, to: 0..<height))
    case .fit:
      let scale = min(Double(width) / w, Double(height) / h)
      func place(_ length: Double, _ count: Int) -> Range<Int> {
        let inner = min(max(Int((length * scale).rounded()), 1), count)
        let start = (count - inner) / 2
        return start..<start + inner
      }
      return Placement(columns: .init(0, w, to: place(w, width)), rows: .init(0, h, to: place(h, height)))
    case .crop:
      let scale = max(Double(width) / w, Double(height) / h)
      let (seenWidth, seenHeight) = (min(Double(width) / scale, w), min(Double(height) / scale, h))
      return Placement(
        columns: .init((w - seenWidth) / 2, seenWidth, to: 0..<width),
        rows: .init((h - seenHeight) / 2, seenHeight, to: 0..<height))
    }
  }

  /// Which part of a picture goes where.
  struct Placement {
    var columns: Axis
    var rows: Axis

    /// Along one axis, in pixels.
    struct Axis {
      /// Where the part begins, and how long it is.
      let start: Double
      let length: Double
      /// Where it goes.
      let place: Range<Int>

      init(_ start: Double, _ length: Double, to place: Range<Int>) {
        (self.start, self.length, self.place) = (start, length, place)
      }
    }
  }
}

extension Picture {
  /// The picture with another size.
  ///
  /// Each axis is resampled by a triangle as wide as two pixels of the coarser side, cut off at the picture's edges: bilinear
  /// where it grows, a weighted mean where it shrinks, as Pillow's `BILINEAR` does. Samples are rounded once, at the end.
  ///
  /// Precondition: `width` and `height` are positive.
  package func resized(width: Int, height: Int, _ resize: PictureResize) -> Picture {
    if width == self.width, height == self.height { return self }
    let placement = resize.placement(of: self, width: width, height: height)
    let rowTaps = Self.taps(placement.rows, self.height)
    let columnTaps = Self.taps(placement.columns, self.width)
    var result = [UInt8](repeating: 0, count: width * height * channels)
    var line = [Float](repeating: 0, count: self.width * channels)
    for (row, tap) in zip(placement.rows.place, rowTaps) {
      for index in line.indices { line[index] = 0 }
      for (offset, weight) in tap.weights.enumerated() {
        let start = (tap.first + offset) * line.count
        for index in line.indices { line[index] += weight * Float(bytes[start + index]) }
      }
      for (column, tap) in zip(placement.columns.place, columnTaps) {
        for channel in 0..<channels {
          var sum: Float = 0
          for (offset, weight) in tap.weights.enumerated() {
            sum += weight * line[(tap.first + offset) * channels + channel]
          }
          result[(row * width + column) * channels + channel] = UInt8(min(max(sum.rounded(), 0), 255))
        }
      }
    }
    return Picture(width: width, height: height, channels: channels, bytes: result)
  }

  /// The samples that make one, and their weights, whose sum is 1.
  private struct Taps {
    let first: Int
    let weights: [Float]
  }

  /// The taps of each sample along an axis with `count` samples.
  private static func taps(_ axis: PictureResize.Placement.Axis, _ count: Int) -> [Taps] {
    let step = axis.length / Double(axis.place.count)
    let reach = max(step, 1)
    return axis.place.indices.map { index in
      let center = axis.start + (Double(index - axis.place.lowerBound) + 0.5) * step
      let first = min(max(Int((center - reach).rounded(.down)), 0), count - 1)
      let end = min(max(Int((center + reach).rounded(.up)), first + 1), count)
      let weights = (first..<end).map { max(0, 1 - abs((Double($0) + 0.5 - center) / reach)) }
      let sum = weights.reduce(0, +)
      return Taps(first: first, weights: weights.map { Float($0 / sum) })
    }
  }
}
