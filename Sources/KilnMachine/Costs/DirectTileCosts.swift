/// What the cost model assumes of a machine when it chooses register tiles of direct convolutions: a step of the
/// innermost loop takes as long as its slowest part.
///
/// These are effective numbers of a vector unit. Those of NEON are about a Cortex-A72's, and serve all Arm cores.
public struct DirectTileCosts: Hashable, Sendable {
  /// Multiply-adds of a vector per cycle.
  public var multiplyAddsPerCycle: Double
  /// Cycles that a sum waits for the one before.
  public var multiplyAddLatency: Double
  /// Loads of a vector or of a broadcast element per cycle.
  public var loadsPerCycle: Double
  /// Cycles of each instruction of a step that is neither a multiply-add nor a load: 0 where they are issued beside.
  public var otherInstructionCycles: Double
  /// Cycles of storing a vector.
  public var storeCycles: Double
  /// Cycles of calling a tile.
  public var callCycles: Double
  /// Bytes per cycle at which weights come from the second cache.
  public var secondCacheBytesPerCycle: Double
  /// Whether tiles ask the caches for what is read next: not where each of few instructions per cycle counts.
  public var asksAhead: Bool

  /// Makes the costs.
  public init(
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
  public static let avx512 = DirectTileCosts(
    multiplyAddsPerCycle: 2, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 32, asksAhead: true)

  /// The costs that every processor with AVX2 has.
  public static let avx2 = DirectTileCosts(
    multiplyAddsPerCycle: 2, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 24, asksAhead: true)

  /// The costs of SSE, where a multiply-add is a multiplication and an addition.
  public static let sse2 = DirectTileCosts(
    multiplyAddsPerCycle: 1, multiplyAddLatency: 4, loadsPerCycle: 2, otherInstructionCycles: 0,
    secondCacheBytesPerCycle: 24, asksAhead: true)

  /// The costs that every Arm core has.
  public static let neon = DirectTileCosts(
    multiplyAddsPerCycle: 1, multiplyAddLatency: 7, loadsPerCycle: 1, otherInstructionCycles: 0.5,
    secondCacheBytesPerCycle: 12, asksAhead: false)
}
