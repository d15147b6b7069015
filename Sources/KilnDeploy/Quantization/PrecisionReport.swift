import KilnPasses

/// What is known of a quantised network: layer by layer, and as a whole.
package struct PrecisionReport: Codable, Sendable {
  /// A layer that can be computed in integers.
  package struct Layer: Codable, Sendable {
    /// Its name.
    package let name: String
    /// What it is computed in.
    package let precision: LayerPrecision
    /// The extremes of its result that were seen, after channels were equalised.
    package let least: Float
    package let greatest: Float
    /// The share of its result that 8 bits clip.
    package let clippedShare: Double
    /// The ratio of signal to noise at the outputs, in decibels, where this layer alone is computed in integers; `nil` where nothing
    /// changes.
    package let alone: Double?
    /// The same where this layer and all before it are that are in the end; `nil` where nothing changes.
    package let accumulated: Double?
    /// Microseconds that it should take on one core of the target.
    package let microseconds: Double
  }

  /// The layers in the order of the network.
  package let layers: [Layer]
  /// Samples that the layers' ratios were measured on.
  package let sampleCount: Int
  /// Whether the samples were made, so that nothing is known of accuracy.
  package let isRandom: Bool
}
