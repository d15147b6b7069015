/// Zeros around each image of a channels-last value, in pixels.
package struct Border: Hashable, Sendable {
  /// Rows above.
  package var top: Int
  /// Columns to the left.
  package var left: Int
  /// Rows below.
  package var bottom: Int
  /// Columns to the right.
  package var right: Int

  /// Makes a border.
  package init(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// Whether there is none.
  package var isEmpty: Bool { self == Border() }

  /// The smallest border that holds both.
  package func union(_ other: Border) -> Border {
    Border(
      top: max(top, other.top), left: max(left, other.left), bottom: max(bottom, other.bottom),
      right: max(right, other.right))
  }
}
