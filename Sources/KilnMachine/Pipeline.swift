/// How a core issues instructions, and what must not be issued together.
///
/// A vector is one of the width that micro-kernels use; *per cycle* is what is sustained when nothing else is in the
/// way.
package struct Pipeline: Hashable, Sendable {
  /// Megahertz at which a core runs a network.
  ///
  /// All cycles, those of the memory too, are of this clock.
  package var clockMegahertz: Double
  /// Whether instructions are issued in the program's order, so that one that waits holds up those after it.
  package var isInOrder: Bool
  /// Instructions of any kind per cycle.
  package var instructionsPerCycle: Double
  /// Integer instructions per cycle.
  package var integersPerCycle: Double
  /// Taken branches per cycle.
  package var branchesPerCycle: Double
  /// Cycles that a mispredicted branch costs.
  package var mispredictionCycles: Double
  /// Loads of a vector per cycle.
  package var loadsPerCycle: Double
  /// Stores of a vector per cycle.
  package var storesPerCycle: Double
  /// Loads and stores together per cycle.
  package var loadsAndStoresPerCycle: Double
  /// Cycles from a load of a vector that lies in the first cache to the instruction that uses it.
  package var loadLatency: Double
  /// Cycles in which no vector arithmetic is issued because a vector is loaded; 0 where they are issued together.
  package var arithmeticCyclesPerLoad: Double
  /// Cycles in which no vector arithmetic is issued because half a vector is loaded.
  package var arithmeticCyclesPerHalfLoad: Double
  /// Cycles in which no vector arithmetic is issued because a vector is stored.
  package var arithmeticCyclesPerStore: Double
  /// Whether arithmetic loses least to loads of half a vector, with the other half inserted from a general register meanwhile.
  package var loadsHalves: Bool { arithmeticCyclesPerHalfLoad < arithmeticCyclesPerLoad }
  /// Cycles in which no vector arithmetic is issued because a vector is loaded in the way that loses least.
  package var leastArithmeticCyclesPerLoad: Double { min(arithmeticCyclesPerLoad, arithmeticCyclesPerHalfLoad) }

  /// Makes a pipeline.
  package init(
    clockMegahertz: Double, isInOrder: Bool = false, instructionsPerCycle: Double, integersPerCycle: Double,
    branchesPerCycle: Double = 1, mispredictionCycles: Double, loadsPerCycle: Double, storesPerCycle: Double,
    loadsAndStoresPerCycle: Double, loadLatency: Double, arithmeticCyclesPerLoad: Double = 0,
    arithmeticCyclesPerHalfLoad: Double = 0, arithmeticCyclesPerStore: Double = 0
  ) {
    self.clockMegahertz = clockMegahertz
    self.isInOrder = isInOrder
    self.instructionsPerCycle = instructionsPerCycle
    self.integersPerCycle = integersPerCycle
    self.branchesPerCycle = branchesPerCycle
    self.mispredictionCycles = mispredictionCycles
    self.loadsPerCycle = loadsPerCycle
    self.storesPerCycle = storesPerCycle
    self.loadsAndStoresPerCycle = loadsAndStoresPerCycle
    self.loadLatency = loadLatency
    self.arithmeticCyclesPerLoad = arithmeticCyclesPerLoad
    self.arithmeticCyclesPerHalfLoad = arithmeticCyclesPerHalfLoad
    self.arithmeticCyclesPerStore = arithmeticCyclesPerStore
  }
}
