/// An axis that is resampled.
///
/// Its table has, for each output element, the index and the weight of each tap.
package struct ResampledAxis: Sendable {
  /// Elements of the input between neighbours.
  package var sourceStride: Int
  /// Elements of the output between neighbours.
  package var destinationStride: Int
  /// Output elements.
  package var extent: Int
  /// Input elements that make an output element.
  package var taps: Int

  /// Makes an axis.
  @inline(__always)
  package init(sourceStride: Int, destinationStride: Int, extent: Int, taps: Int) {
    self.sourceStride = sourceStride
    self.destinationStride = destinationStride
    self.extent = extent
    self.taps = taps
  }
}
