import KilnGraph

/// What the user decides about an import.
public struct ImportOptions: Sendable {
  /// The dimensions of run-time inputs by name, for those that the model leaves open. An input that isn't named gets 1
  /// for an open first dimension, the batch.
  public var shapes: [String: [Int]]
  /// Run-time inputs whose elements are known, by name: they become constants.
  public var constants: [String: Tensor]

  /// Makes options.
  public init(shapes: [String: [Int]] = [:], constants: [String: Tensor] = [:]) {
    self.shapes = shapes
    self.constants = constants
  }
}

/// A choice of the user's that does not fit the model: one line (exit status 64).
public struct ImportOptionError: Error, Equatable, CustomStringConvertible {
  /// What does not fit, and what would.
  public let description: String
}
