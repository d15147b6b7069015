import KilnGraph

/// All that packed weights depend on besides how they are packed: which constants they are, and how they are read.
struct WeightIdentity: Hashable, Sendable {
  /// Weight, bias and slope.
  let values: [ValueID?]
  /// Output and input channels.
  let channels: [Int]
  /// From one output channel, group and input channel to the next.
  let steps: [Int]
  /// The element of each tap.
  let taps: [Int]
}
