/// The extents of a recurrence, whose operands are dense.
package struct RecurrenceGeometry: Sendable {
  /// Steps, rows of a step that have a state each, and units of a state.
  package var steps: Int
  package var rows: Int
  package var units: Int
  /// Whether the last step comes first.
  package var isReversed: Bool

  /// Makes the extents.
  @inline(__always)
  package init(steps: Int, rows: Int, units: Int, isReversed: Bool) {
    self.steps = steps
    self.rows = rows
    self.units = units
    self.isReversed = isReversed
  }
}
