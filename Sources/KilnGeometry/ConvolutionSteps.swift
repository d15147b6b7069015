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
  package init(group: Int, image: Int, row: Int, pixel: Int) {
    self.group = group
    self.image = image
    self.row = row
    self.pixel = pixel
  }
}
