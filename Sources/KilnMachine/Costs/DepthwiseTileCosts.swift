/// What the cost model assumes of a machine when it chooses how many pixels a tile of a depthwise convolution computes
/// at a time.
///
/// All processors have the same.
package struct DepthwiseTileCosts: Hashable, Sendable {
  /// Multiply-adds of a vector per cycle.
  package var multiplyAddsPerCycle: Double
  /// The least cycles between two products of one pixel: half the latency, for the next pixels begin meanwhile.
  package var leastCyclesPerTap: Double
  /// Cycles of a turn of the loop over pixels, besides its products.
  package var turnCycles: Double
  /// The most pixels at a time of an image that lies in the second cache.
  package var maximumPixels: Int
  /// The most pixels at a time of an image that lies farther away: fewer ask for fewer cache lines at once.
  package var maximumFarPixels: Int

  /// Makes the costs.
  package init(
    multiplyAddsPerCycle: Double = 2, leastCyclesPerTap: Double = 2, turnCycles: Double = 4, maximumPixels: Int = 8,
    maximumFarPixels: Int = 4
  ) {
    self.multiplyAddsPerCycle = multiplyAddsPerCycle
    self.leastCyclesPerTap = leastCyclesPerTap
    self.turnCycles = turnCycles
    self.maximumPixels = maximumPixels
    self.maximumFarPixels = maximumFarPixels
  }
}
