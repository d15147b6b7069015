/// How a pooling's window moves along one axis.
package struct PoolAxis: Sendable {
  /// Elements of the input.
  package var extent: Int
  /// Elements of the result.
  package var resultExtent: Int
  /// Taps.
  package var kernel: Int
  /// Steps between neighbouring results.
  package var stride: Int
  /// Steps between neighbouring taps.
  package var dilation: Int
  /// Padding before.
  package var padding: Int

  /// Makes an axis of a window.
  @inline(__always)
  package init(extent: Int, resultExtent: Int, kernel: Int, stride: Int, dilation: Int, padding: Int) {
    self.extent = extent
    self.resultExtent = resultExtent
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }
}
