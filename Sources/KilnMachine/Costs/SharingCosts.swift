/// What decides whether, and how, the threads of a network share an operation.
///
/// All processors have the same.
package struct SharingCosts: Hashable, Sendable {
  /// Cycles of arithmetic from which sums of products are shared: several times what it costs to meet the other
  /// workers, about a microsecond.
  package var leastCycles: Double
  /// Elements from which operations that do little with each are shared.
  package var leastElements: Int
  /// Bytes per cycle at which weights and inputs come that several workers read, from beyond a core's own caches.
  package var farBytesPerCycle: Double

  /// Makes the costs.
  package init(leastCycles: Double = 6000, leastElements: Int = 8192, farBytesPerCycle: Double = 16) {
    self.leastCycles = leastCycles
    self.leastElements = leastElements
    self.farBytesPerCycle = farBytesPerCycle
  }
}
