/// What decides whether, and how, the threads of a network share an operation.
///
/// All processors have the same.
package struct SharingCosts: Hashable, Sendable {
  /// Cycles of arithmetic from which sums of products are shared: several times what it costs to meet the other
  /// workers, about a microsecond.
  package var leastCycles: Double
  /// Elements from which operations that do little with each are shared.
  package var leastElements: Int
  /// Bytes per cycle at which weights come that several workers read, from beyond a core's own caches.
  package var farBytesPerCycle: Double
  /// Bytes per cycle at which a worker reads what another has just written, which must leave that one's own caches first.
  package var writtenBytesPerCycle: Double

  /// Makes the costs.
  package init(
    leastCycles: Double = 6000, leastElements: Int = 8192, farBytesPerCycle: Double = 16,
    writtenBytesPerCycle: Double = 4
  ) {
    self.leastCycles = leastCycles
    self.leastElements = leastElements
    self.farBytesPerCycle = farBytesPerCycle
    self.writtenBytesPerCycle = writtenBytesPerCycle
  }

  /// Cycles in which a worker fetches from the others what they wrote of `byteCount` bytes, each an equal part.
  package func fetchCycles(_ byteCount: Int, workers: Int) -> Double {
    Double(byteCount) * (1 - 1 / Double(workers)) / writtenBytesPerCycle
  }
}
