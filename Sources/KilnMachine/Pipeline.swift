/// How a core issues instructions, and what must not be issued together.
///
/// A vector is one of the width that micro-kernels use; *per cycle* is what is sustained when nothing else is in the
/// way.
public struct Pipeline: Hashable, Sendable {
  /// Megahertz at which a core runs a network. All cycles, those of the memory too, are of this clock.
  public var clockMegahertz: Double
  /// Whether instructions are issued in the program's order, so that one that waits holds up those after it.
  public var isInOrder: Bool
  /// Instructions of any kind per cycle.
  public var instructionsPerCycle: Double
  /// Integer instructions per cycle.
  public var integersPerCycle: Double
  /// Taken branches per cycle.
  public var branchesPerCycle: Double
  /// Cycles that a mispredicted branch costs.
  public var mispredictionCycles: Double
  /// Loads of a vector per cycle.
  public var loadsPerCycle: Double
  /// Stores of a vector per cycle.
  public var storesPerCycle: Double
  /// Loads and stores together per cycle.
  public var loadsAndStoresPerCycle: Double
  /// Cycles from a load of a vector that lies in the first cache to the instruction that uses it.
  public var loadLatency: Double
  /// Cycles in which no vector arithmetic is issued because a vector is loaded; 0 where they are issued together.
  public var arithmeticCyclesPerLoad: Double
  /// Cycles in which no vector arithmetic is issued because half a vector is loaded.
  public var arithmeticCyclesPerHalfLoad: Double
  /// Cycles in which no vector arithmetic is issued because a vector is stored.
  public var arithmeticCyclesPerStore: Double

  /// Makes a pipeline.
  public init(
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
