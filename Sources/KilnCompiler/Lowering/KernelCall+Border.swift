import KilnGraph

extension KernelCall {
  /// The call that writes zeros around images.
  ///
  /// - Parameters:
  ///   - value: the value in whose memory the images lie; rows and pixels, border included, follow one another without a
  ///     gap.
  ///   - offset: the first image's first pixel, in elements from the value's first.
  ///   - moves: how far that moves from strip to strip.
  ///   - shape: the images, `[N, H, W, C]`, without the border.
  ///   - strides: elements between images, rows, pixels and channels.
  ///   - border: the zeros.
  static func clearBorder(
    in value: ValueID, offset: Int = 0, moves: [StripMove] = [], around shape: [Int], strides: [Int], _ border: Border
  ) -> KernelCall {
    KernelCall(
      "clearBorder",
      [
        Argument(nil, .destination(value, offset: offset, moves: moves)),
        Argument("images", .integer(shape[0])), Argument("imageStride", .integer(strides[0])),
        Argument("height", .integer(shape[1])), Argument("rowStride", .integer(strides[1])),
        Argument("rowCount", .integer(shape[2] * strides[2])),
        Argument("top", .integer(border.top)), Argument("left", .integer(border.left * strides[2])),
        Argument("bottom", .integer(border.bottom)), Argument("right", .integer(border.right * strides[2])),
      ], files: [.border])
  }
}
