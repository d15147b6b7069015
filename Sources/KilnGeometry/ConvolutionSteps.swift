/// How the elements of an operand lie apart.
package struct ConvolutionSteps: Hashable, Sendable {
  /// From a group's first channel to the next group's.
  package var group: Int
  /// From image to image.
  package var image: Int
  /// From output row to output row.
  package var row: Int
  /// From output pixel to output pixel.
  package var pixel: Int

  /// Makes the steps of an operand.
  @inline(__always)
  package init(group: Int, image: Int, row: Int, pixel: Int) {
    self.group = group
    self.image = image
    self.row = row
    self.pixel = pixel
  }

  /// The first element of a run of output pixels.
  @inline(__always)
  package func offset(group: Int, image: Int, row: Int, column: Int) -> Int {
    group &* self.group &+ image &* self.image &+ row &* self.row &+ column &* pixel
  }
}
