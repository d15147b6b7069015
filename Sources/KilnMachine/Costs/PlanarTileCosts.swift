/// What the cost model assumes of a machine when it chooses how many vectors of pixels a tile of a planar convolution
/// computes at a time. All processors have the same.
public struct PlanarTileCosts: Hashable, Sendable {
  /// Multiply-adds of a vector per cycle.
  public var multiplyAddsPerCycle: Double
  /// Cycles that a sum waits for the one before.
  public var multiplyAddLatency: Double
  /// Loads of a vector or of a broadcast element per cycle.
  public var loadsPerCycle: Double
  /// Cycles of a turn of the loop over taps, besides its products and loads.
  public var turnCycles: Double

  /// Makes the costs.
  public init(
    multiplyAddsPerCycle: Double = 2, multiplyAddLatency: Double = 4, loadsPerCycle: Double = 2, turnCycles: Double = 2
  ) {
    self.multiplyAddsPerCycle = multiplyAddsPerCycle
    self.multiplyAddLatency = multiplyAddLatency
    self.loadsPerCycle = loadsPerCycle
    self.turnCycles = turnCycles
  }
}
