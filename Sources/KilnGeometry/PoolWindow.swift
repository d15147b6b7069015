/// How a pooling's window moves over an image: rows first, then columns.
package struct PoolWindow: Sendable {
  /// Taps.
  package var kernel: (Int, Int)
  /// Steps between neighbouring results, in pixels.
  package var strides: (Int, Int)
  /// Steps between neighbouring taps, in pixels.
  package var dilations: (Int, Int)
  /// Padding above and to the left.
  package var padBegin: (Int, Int)
  /// Padding below and to the right; it matters only for what is counted.
  package var padEnd: (Int, Int)
  /// Whether padding is part of what a mean is divided by.
  package var countsPadding: Bool

  /// Makes a window.
  @inline(__always)
  package init(
    kernel: (Int, Int), strides: (Int, Int), dilations: (Int, Int), padBegin: (Int, Int), padEnd: (Int, Int),
    countsPadding: Bool
  ) {
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.padBegin = padBegin
    self.padEnd = padEnd
    self.countsPadding = countsPadding
  }
}
