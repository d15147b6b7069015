/// Regions of images, and the cells and samples that they are divided into.
package struct RegionGeometry: Sendable {
  /// The images: how many, their pixels, and their channels, which come last.
  package var images: Int
  package var height: Int
  package var width: Int
  package var channels: Int
  /// Regions, and the cells of each.
  package var regions: Int
  package var rows: Int
  package var columns: Int
  /// Samples along each axis of a cell; 0 for as many as it has pixels, rounded up.
  package var samples: Int
  /// Pixels for each unit of the regions' coordinates.
  package var scale: Float
  /// Whether the centre of the first pixel is at a half; otherwise at 0, and regions have a pixel at least.
  package var isHalfPixel: Bool

  /// Makes the regions.
  @inline(__always)
  package init(
    images: Int, height: Int, width: Int, channels: Int, regions: Int, rows: Int, columns: Int, samples: Int,
    scale: Float, isHalfPixel: Bool
  ) {
    self.images = images
    self.height = height
    self.width = width
    self.channels = channels
    self.regions = regions
    self.rows = rows
    self.columns = columns
    self.samples = samples
    self.scale = scale
    self.isHalfPixel = isHalfPixel
  }
}
