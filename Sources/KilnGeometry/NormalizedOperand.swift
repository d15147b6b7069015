/// Where a normalisation's operands lie: strides along the axes that stay, and along those that are normalised.
package struct NormalizedOperand: Sendable {
  /// Elements between neighbours along the axes that stay.
  package var outer: Axes
  /// Elements between neighbours along the axes that are normalised.
  package var inner: Axes

  /// Makes the strides of an operand.
  @inline(__always)
  package init(outer: Axes, inner: Axes) {
    self.outer = outer
    self.inner = inner
  }
}
