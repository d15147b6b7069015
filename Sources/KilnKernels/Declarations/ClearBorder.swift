import KilnRuntimeSources

/// Zeros around channels-last images, which a padded convolution then reads as if they were pixels.
///
/// Exact.
///
/// Axis: the rows of each image.
package struct ClearBorder: Kernel {
  package var name: String { "clearBorder" }
  /// The first pixel of the first image, inside the border.
  package var image: Operand
  /// Images, and elements from one to the next.
  package var images: Int
  package var imageStride: Int
  /// Rows of an image, and elements from one to the next, border included.
  package var height: Int
  package var rowStride: Int
  /// Elements of a row's pixels, without the border.
  package var rowCount: Int
  /// Zeros above and below each image, in rows.
  package var top: Int
  package var bottom: Int
  /// Zeros to the left and to the right of each row, in elements.
  package var left: Int
  package var right: Int

  /// Makes the kernel.
  ///
  /// - Parameters:
  ///   - image: the first image's first pixel; rows and pixels, border included, follow one another without a gap.
  ///   - shape: the images, `[N, H, W, C]`, without the border.
  ///   - strides: elements between images, rows, pixels and channels.
  ///   - border: the zeros, in pixels.
  package init(_ image: Operand, around shape: [Int], strides: [Int], _ border: Border) {
    self.image = image
    (images, imageStride) = (shape[0], strides[0])
    (height, rowStride) = (shape[1], strides[1])
    rowCount = shape[2] * strides[2]
    (top, bottom) = (border.top, border.bottom)
    (left, right) = (border.left * strides[2], border.right * strides[2])
  }

  package var file: RuntimeFile { .border }

  package var arguments: [KernelArgument] {
    [
      .pointer(image), .integer("images", images), .integer("imageStride", imageStride), .integer("height", height),
      .integer("rowStride", rowStride), .integer("rowCount", rowCount), .integer("top", top), .integer("left", left),
      .integer("bottom", bottom), .integer("right", right),
    ]
  }

  package var axes: [IterationAxis] { [.divisible(height)] }

  package var elementCount: Int { images * (height * (left + right) + (top + bottom) * rowStride) }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) { writes(&image) }

  package mutating func restrict(_ axis: Int, to range: Range<Int>) {
    if range.lowerBound > 0 { top = 0 }
    if range.upperBound < height { bottom = 0 }
    height = range.count
    image.offset += range.lowerBound * rowStride
  }
}
