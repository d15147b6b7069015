import KilnGraph

/// All that packed weights depend on besides how they are packed: which constants they are, and how they are read.
package struct WeightIdentity: Hashable, Sendable {
  /// Weight, bias and slope.
  package let values: [ValueID?]
  /// Output and input channels.
  package let channels: [Int]
  /// From one output channel, group and input channel to the next.
  package let steps: [Int]
  /// The element of each tap.
  package let taps: [Int]

  /// Makes an identity.
  package init(values: [ValueID?], channels: [Int], steps: [Int], taps: [Int]) {
    self.values = values
    self.channels = channels
    self.steps = steps
    self.taps = taps
  }
}
