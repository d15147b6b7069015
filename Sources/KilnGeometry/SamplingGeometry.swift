/// The extents of images that are sampled at any points, channels last, and how coordinates are read.
package struct SamplingGeometry: Sendable {
  /// The extents of an image; a flat one has a depth of 1.
  package var depth: Int
  package var rows: Int
  package var columns: Int
  package var channels: Int
  /// The coordinates of a point: 3, or 2 of a flat image.
  package var coordinates: Int
  /// Neighbours along each axis that make a result: 1, 2 or 4.
  package var taps: Int
  /// Whether coordinates are in pixels, rows before columns.
  ///
  /// Otherwise they are from -1 to 1, columns first.
  package var isInPixels: Bool
  /// Whether -1 and 1 are the centres of the outermost pixels, and not their outer edges.
  package var alignsCorners: Bool
  /// Whether what is outside is the nearest pixel.
  package var repeatsEdge: Bool
  /// Whether the image is mirrored outside.
  ///
  /// Without both, what is outside is 0.
  package var isReflected: Bool

  /// Makes the geometry.
  @inline(__always)
  package init(
    depth: Int, rows: Int, columns: Int, channels: Int, coordinates: Int, taps: Int, isInPixels: Bool,
    alignsCorners: Bool, repeatsEdge: Bool, isReflected: Bool
  ) {
    self.depth = depth
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.coordinates = coordinates
    self.taps = taps
    self.isInPixels = isInPixels
    self.alignsCorners = alignsCorners
    self.repeatsEdge = repeatsEdge
    self.isReflected = isReflected
  }
}
