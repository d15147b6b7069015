import KilnGraph

/// What the user decides about an import.
package struct ImportOptions: Sendable {
  /// The dimensions of run-time inputs by name, for those that the model leaves open.
  ///
  /// An input that isn't named gets 1 for an open first dimension, the batch.
  package var shapes: [String: [Int]]
  /// Run-time inputs whose elements are known, by name: they become constants.
  package var constants: [String: Tensor]
  /// The part of the model that is wanted.
  package var part: ModelPart

  /// How many rows results may have whose number depends on the data.
  package var capacities: RowCapacities

  /// Makes options.
  package init(
    shapes: [String: [Int]] = [:], constants: [String: Tensor] = [:], part: ModelPart = ModelPart(),
    capacities: RowCapacities = RowCapacities()
  ) {
    self.shapes = shapes
    self.constants = constants
    self.part = part
    self.capacities = capacities
  }
}

/// A choice of the user's that does not fit the model: one line (exit status 64).
package struct ImportOptionError: Error, Equatable, CustomStringConvertible {
  /// What does not fit, and what would.
  package let description: String
}
