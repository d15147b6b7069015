/// The rows of a panel whose weights are stored narrowly.
///
/// All rows are as wide as the panel.
package struct NarrowRows: Hashable, Sendable {
  /// Elements of a row: whole vectors.
  package var width: Int
  /// Rows of float32 that stay as they are: the biases, the slopes if there are any.
  package var heads: Int
  /// Whether a row of scales follows them, and whether a row of zero points follows those.
  package var hasScales: Bool
  package var hasZeroPoints: Bool
  /// Rows of weights.
  package var weights: Int

  /// Makes the rows of a panel.
  @inline(__always)
  package init(width: Int, heads: Int, hasScales: Bool, hasZeroPoints: Bool, weights: Int) {
    self.width = width
    self.heads = heads
    self.hasScales = hasScales
    self.hasZeroPoints = hasZeroPoints
    self.weights = weights
  }
}
