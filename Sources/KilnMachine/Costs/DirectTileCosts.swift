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
  /// Cycles of each load of a step that arithmetic doesn't hide: 0 where it hides all.
  package var loadCycles: Double
  /// Cycles of each instruction of a step that is neither a multiply-add nor a load: 0 where they are issued beside.
  package var otherInstructionCycles: Double
  /// Cycles of storing a vector.
  package var storeCycles: Double
  /// Cycles of calling a tile.
  package var callCycles: Double
  /// Bytes per cycle at which weights come from the second cache.
  package var secondCacheBytesPerCycle: Double
  /// What tiles ask the caches for before they read it: 0, nothing, where each of few instructions per cycle counts; 1,
  /// the next weights or the next input, whichever comes from farther away; 2, both.
  package var prefetchStreams: Int

  /// Makes the costs.
  package init(
    multiplyAddsPerCycle: Double, multiplyAddLatency: Double, loadsPerCycle: Double, loadCycles: Double = 0,
    otherInstructionCycles: Double, storeCycles: Double = 1, callCycles: Double = 40, secondCacheBytesPerCycle: Double,
    prefetchStreams: Int
  ) {
    self.multiplyAddsPerCycle = multiplyAddsPerCycle
    self.multiplyAddLatency = multiplyAddLatency
    self.loadsPerCycle = loadsPerCycle
    self.loadCycles = loadCycles
    self.otherInstructionCycles = otherInstructionCycles
    self.storeCycles = storeCycles
    self.callCycles = callCycles
    self.secondCacheBytesPerCycle = secondCacheBytesPerCycle
    self.prefetchStreams = prefetchStreams
  }
}

extension DirectTileCosts {
  /// The costs that every processor with AVX-512 has.
  package static let avx512 = DirectTileCosts(
    multiplyAddsPerCycle: 2, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 32, prefetchStreams: 2)

  /// The costs that every processor with AVX2 has.
  ///
  /// Measured on Zen 3, with weights and inputs that come from where those of ResNet-50's 1x1 layers do: tiles of 4x24,
  /// 6x16 and 5x16 make 70.4, 66.8 and 65.7 GFLOP/s, as half a cycle for each load says within 1 %. Two streams instead
  /// of one cost 4 to 13 %.
  package static let avx2 = DirectTileCosts(
    multiplyAddsPerCycle: 2, multiplyAddLatency: 4, loadsPerCycle: 2, loadCycles: 0.5, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 24, prefetchStreams: 1)

  /// The costs of SSE, where a multiply-add is a multiplication and an addition.
  package static let sse2 = DirectTileCosts(
    multiplyAddsPerCycle: 1, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 24, prefetchStreams: 1)

  /// The costs that every Arm core has.
  package static let neon = DirectTileCosts(
    multiplyAddsPerCycle: 1, multiplyAddLatency: 7, loadsPerCycle: 1, otherInstructionCycles: 0.5,
    secondCacheBytesPerCycle: 12, prefetchStreams: 0)
}
