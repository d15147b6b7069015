/// What the cost model assumes of a machine when it chooses register tiles of direct convolutions: a step of the
/// innermost loop takes as long as its slowest part.
///
/// These are effective numbers of a vector unit. Those of NEON are about a Cortex-A72's, and serve all Arm cores.
package struct DirectTileCosts: Hashable, Sendable {
  /// Multiply-adds of a vector per cycle.
  package var multiplyAddsPerCycle: Double
  /// Cycles that a sum waits for the one before.
  package var multiplyAddLatency: Double
  /// Loads of a vector or of a broadcast element per cycle.
  package var loadsPerCycle: Double
  /// Cycles of each instruction of a step that is neither a multiply-add nor a load: 0 where they are issued beside.
  package var otherInstructionCycles: Double
  /// Cycles of storing a vector.
  package var storeCycles: Double
  /// Cycles of calling a tile.
  package var callCycles: Double
  /// Bytes per cycle at which weights come from the second cache.
  package var secondCacheBytesPerCycle: Double
  /// Whether tiles ask the caches for what is read next: not where each of few instructions per cycle counts.
  package var asksAhead: Bool

  /// Makes the costs.
  package init(
    multiplyAddsPerCycle: Double, multiplyAddLatency: Double, loadsPerCycle: Double, otherInstructionCycles: Double,
    storeCycles: Double = 1, callCycles: Double = 40, secondCacheBytesPerCycle: Double, asksAhead: Bool
  ) {
    self.multiplyAddsPerCycle = multiplyAddsPerCycle
    self.multiplyAddLatency = multiplyAddLatency
    self.loadsPerCycle = loadsPerCycle
    self.otherInstructionCycles = otherInstructionCycles
    self.storeCycles = storeCycles
    self.callCycles = callCycles
    self.secondCacheBytesPerCycle = secondCacheBytesPerCycle
    self.asksAhead = asksAhead
  }
}

extension DirectTileCosts {
  /// The costs that every processor with AVX-512 has.
  package static let avx512 = DirectTileCosts(
    multiplyAddsPerCycle: 2, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 32, asksAhead: true)

  /// The costs that every processor with AVX2 has.
  package static let avx2 = DirectTileCosts(
    multiplyAddsPerCycle: 2, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 24, asksAhead: true)

  /// The costs of SSE, where a multiply-add is a multiplication and an addition.
  package static let sse2 = DirectTileCosts(
    multiplyAddsPerCycle: 1, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 24, asksAhead: true)

  /// The costs that every Arm core has.
  package static let neon = DirectTileCosts(
    multiplyAddsPerCycle: 1, multiplyAddLatency: 7, loadsPerCycle: 1, otherInstructionCycles: 0.5,
    secondCacheBytesPerCycle: 12, asksAhead: false)
}
