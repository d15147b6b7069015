/// What the cost model assumes of a machine when it chooses how many vectors of pixels a tile of a planar convolution
/// computes at a time.
///
/// All processors have the same.
package struct PlanarTileCosts: Hashable, Sendable {
  /// Multiply-adds of a vector per cycle.
  package var multiplyAddsPerCycle: Double
  /// Cycles that a sum waits for the one before.
  package var multiplyAddLatency: Double
  /// Loads of a vector or of a broadcast element per cycle.
  package var loadsPerCycle: Double
  /// Cycles of a turn of the loop over taps, besides its products and loads.
  package var turnCycles: Double

  /// Makes the costs.
  package init(
    multiplyAddsPerCycle: Double = 2, multiplyAddLatency: Double = 4, loadsPerCycle: Double = 2, turnCycles: Double = 2
  ) {
    self.multiplyAddsPerCycle = multiplyAddsPerCycle
    self.multiplyAddLatency = multiplyAddLatency
    self.loadsPerCycle = loadsPerCycle
    self.turnCycles = turnCycles
  }
}
