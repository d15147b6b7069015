import KilnGraph

/// What of a tensor is real where it has room for more: the first rows along an axis, as many as a number says that is computed at run
/// time.
///
/// The rest holds something that nobody should read.
struct CountedRows {
  /// The axis along which the rows lie, counted from the front.
  var axis: Int
  /// How many are real: int64, one element.
  var count: ValueID
}

/// How many rows results may have whose number depends on the data.
package struct RowCapacities: Equatable, Sendable {
  /// For each tensor, or node, by its name.
  package var byName: [String: Int]
  /// For all others; `nil` when nobody said.
  package var others: Int?

  /// Makes capacities.
  package init(byName: [String: Int] = [:], others: Int? = nil) {
    self.byName = byName
    self.others = others
  }

  /// The most that anything may have.
  package static let limits = 1...1 << 24
}
