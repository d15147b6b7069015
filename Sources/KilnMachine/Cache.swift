/// A cache that holds data, as one core sees it.
package struct Cache: Hashable, Sendable {
  /// Its bytes.
  package var byteCount: Int
  /// Places where a line may lie.
  package var wayCount: Int
  /// Bytes per cycle that a core reads from it, whole lines of it.
  package var bytesPerCycle: Double
  /// Cycles from a load that finds its line here, and no nearer, to the instruction that uses it.
  package var latency: Double
  /// Cores that share it.
  package var sharingCoreCount: Int

  /// Makes a cache.
  package init(byteCount: Int, wayCount: Int, bytesPerCycle: Double, latency: Double, sharingCoreCount: Int = 1) {
    self.byteCount = byteCount
    self.wayCount = wayCount
    self.bytesPerCycle = bytesPerCycle
    self.latency = latency
    self.sharingCoreCount = sharingCoreCount
  }
}

/// The memory beyond the caches.
package struct Memory: Hashable, Sendable {
  /// Bytes of a cache line, what caches and memory exchange.
  package var lineByteCount: Int
  /// Bytes per cycle that one core reads in sequence.
  package var bytesPerCycle: Double
  /// Bytes per cycle that one core writes in sequence.
  package var writtenBytesPerCycle: Double
  /// Bytes per cycle that the memory transfers to and from all cores together, at most.
  package var peakBytesPerCycle: Double
  /// Cycles from a load that no cache answers to the instruction that uses it.
  package var latency: Double
  /// Lines that one core can wait for at once, from a farther cache or from memory.
  package var linesInFlight: Int

  /// Makes a memory.
  package init(
    lineByteCount: Int = 64, bytesPerCycle: Double, writtenBytesPerCycle: Double, peakBytesPerCycle: Double,
    latency: Double, linesInFlight: Int
  ) {
    self.lineByteCount = lineByteCount
    self.bytesPerCycle = bytesPerCycle
    self.writtenBytesPerCycle = writtenBytesPerCycle
    self.peakBytesPerCycle = peakBytesPerCycle
    self.latency = latency
    self.linesInFlight = linesInFlight
  }
}

/// What it costs to share work among cores.
package struct ThreadCosts: Hashable, Sendable {
  /// Cycles until a line that one core has written reaches another core that waits for it.
  ///
  /// Workers that meet pass on one line each, one after the other, and then another to all.
  package var handoverCycles: Double
  /// Cycles until a thread that sleeps runs again.
  package var wakingCycles: Double

  /// Makes the costs.
  package init(handoverCycles: Double, wakingCycles: Double) {
    self.handoverCycles = handoverCycles
    self.wakingCycles = wakingCycles
  }

  /// Cycles in which `workers` threads meet of which none has work left.
  package func meetingCycles(workers: Int) -> Double { workers > 1 ? Double(workers + 1) * handoverCycles : 0 }
}
