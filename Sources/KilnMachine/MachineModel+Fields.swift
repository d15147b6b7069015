/// The numbers that target files may replace and `kiln targets --json` prints: one list for both.
extension MachineModel {
  /// The parts of a model that have fields, but for its caches.
  package static var parts: [(name: String, fields: [MachineField<MachineModel>])] {
    [
      ("pipeline", Pipeline.fields.map { $0.within(\.pipeline) }),
      ("float32", Arithmetic.fields.map { $0.within(\.float32) }),
      ("float16", Arithmetic.fields.map { $0.within(\.float16) }),
      ("int8", Arithmetic.fields.map { $0.within(\.int8) }),
      ("memory", Memory.fields.map { $0.within(\.memory) }),
      ("threads", ThreadCosts.fields.map { $0.within(\.threads) }),
      ("directTiles", DirectTileCosts.fields.map { $0.within(\.directTiles) }),
      ("depthwiseTiles", DepthwiseTileCosts.fields.map { $0.within(\.depthwiseTiles) }),
      ("planarTiles", PlanarTileCosts.fields.map { $0.within(\.planarTiles) }),
      ("winograd", WinogradCosts.fields.map { $0.within(\.winograd) }),
      ("sharing", SharingCosts.fields.map { $0.within(\.sharing) }),
    ]
  }

  /// The fields of one of the caches.
  package static func fields(ofCache level: Int) -> [MachineField<MachineModel>] {
    Cache.fields.map { $0.within(\.caches[level]) }
  }
}

/// The values that fields may have, by what they count.
private enum Allowed {
  /// Instructions per cycle.
  static let perCycle = 0.0625...64.0
  /// Instructions per cycle that a processor needn't have.
  static let perCycleOrNone = 0.0...64.0
  /// Bytes per cycle.
  static let bytesPerCycle = 0.0625...4096.0
  /// Cycles.
  static let cycles = 0.0...1e6
}

extension Pipeline {
  static var fields: [MachineField<Pipeline>] {
    [
      .init("clockMegahertz", \.clockMegahertz, 1...10_000),
      .init("isInOrder", \.isInOrder),
      .init("instructionsPerCycle", \.instructionsPerCycle, Allowed.perCycle),
      .init("integersPerCycle", \.integersPerCycle, Allowed.perCycle),
      .init("branchesPerCycle", \.branchesPerCycle, Allowed.perCycle),
      .init("mispredictionCycles", \.mispredictionCycles, Allowed.cycles),
      .init("loadsPerCycle", \.loadsPerCycle, Allowed.perCycle),
      .init("storesPerCycle", \.storesPerCycle, Allowed.perCycle),
      .init("loadsAndStoresPerCycle", \.loadsAndStoresPerCycle, Allowed.perCycle),
      .init("loadLatency", \.loadLatency, Allowed.cycles),
      .init("arithmeticCyclesPerLoad", \.arithmeticCyclesPerLoad, Allowed.cycles),
      .init("arithmeticCyclesPerHalfLoad", \.arithmeticCyclesPerHalfLoad, Allowed.cycles),
      .init("arithmeticCyclesPerStore", \.arithmeticCyclesPerStore, Allowed.cycles),
    ]
  }
}

extension Arithmetic {
  static var fields: [MachineField<Arithmetic>] {
    [
      .init("productsPerLane", \.productsPerLane, 0...32),
      .init("multiplyAddsPerCycle", \.multiplyAddsPerCycle, Allowed.perCycleOrNone),
      .init("multiplyAddLatency", \.multiplyAddLatency, Allowed.cycles),
      .init("accumulationLatency", \.accumulationLatency, Allowed.cycles),
      .init("additionsPerCycle", \.additionsPerCycle, Allowed.perCycleOrNone),
      .init("additionLatency", \.additionLatency, Allowed.cycles),
    ]
  }
}

extension Cache {
  /// All but the size, which `cacheByteCounts` gives.
  static var fields: [MachineField<Cache>] {
    [
      .init("wayCount", \.wayCount, 1...1024),
      .init("bytesPerCycle", \.bytesPerCycle, Allowed.bytesPerCycle),
      .init("latency", \.latency, Allowed.cycles),
      .init("sharingCoreCount", \.sharingCoreCount, 1...1024),
    ]
  }
}

extension Memory {
  static var fields: [MachineField<Memory>] {
    [
      .init("lineByteCount", \.lineByteCount, 16...1024),
      .init("bytesPerCycle", \.bytesPerCycle, Allowed.bytesPerCycle),
      .init("writtenBytesPerCycle", \.writtenBytesPerCycle, Allowed.bytesPerCycle),
      .init("peakBytesPerCycle", \.peakBytesPerCycle, Allowed.bytesPerCycle),
      .init("latency", \.latency, Allowed.cycles),
      .init("linesInFlight", \.linesInFlight, 1...1024),
    ]
  }
}

extension ThreadCosts {
  static var fields: [MachineField<ThreadCosts>] {
    [
      .init("handoverCycles", \.handoverCycles, Allowed.cycles),
      .init("wakingCycles", \.wakingCycles, Allowed.cycles),
    ]
  }
}

extension DirectTileCosts {
  static var fields: [MachineField<DirectTileCosts>] {
    [
      .init("multiplyAddsPerCycle", \.multiplyAddsPerCycle, Allowed.perCycle),
      .init("multiplyAddLatency", \.multiplyAddLatency, Allowed.cycles),
      .init("loadsPerCycle", \.loadsPerCycle, Allowed.perCycle),
      .init("loadCycles", \.loadCycles, Allowed.cycles),
      .init("otherInstructionCycles", \.otherInstructionCycles, Allowed.cycles),
      .init("storeCycles", \.storeCycles, Allowed.cycles),
      .init("callCycles", \.callCycles, Allowed.cycles),
      .init("secondCacheBytesPerCycle", \.secondCacheBytesPerCycle, Allowed.bytesPerCycle),
      .init("prefetchStreams", \.prefetchStreams, 0...2),
    ]
  }
}

extension DepthwiseTileCosts {
  static var fields: [MachineField<DepthwiseTileCosts>] {
    [
      .init("multiplyAddsPerCycle", \.multiplyAddsPerCycle, Allowed.perCycle),
      .init("leastCyclesPerTap", \.leastCyclesPerTap, Allowed.cycles),
      .init("turnCycles", \.turnCycles, Allowed.cycles),
      .init("maximumPixels", \.maximumPixels, 1...16),
      .init("maximumFarPixels", \.maximumFarPixels, 1...16),
    ]
  }
}

extension PlanarTileCosts {
  static var fields: [MachineField<PlanarTileCosts>] {
    [
      .init("multiplyAddsPerCycle", \.multiplyAddsPerCycle, Allowed.perCycle),
      .init("multiplyAddLatency", \.multiplyAddLatency, Allowed.cycles),
      .init("loadsPerCycle", \.loadsPerCycle, Allowed.perCycle),
      .init("turnCycles", \.turnCycles, Allowed.cycles),
    ]
  }
}

extension WinogradCosts {
  static var fields: [MachineField<WinogradCosts>] {
    [
      .init("worthwhilePart", \.worthwhilePart, 0...1),
      .init("leastTiles", \.leastTiles, 1...64),
      .init("transform4", \.transform4, Allowed.cycles),
      .init("transform2", \.transform2, Allowed.cycles),
      .init("nearWeights", \.nearWeights, 0...1_000_000_000),
      .init("reading", \.reading, Allowed.cycles),
      .init("directReading", \.directReading, Allowed.cycles),
    ]
  }
}

extension SharingCosts {
  static var fields: [MachineField<SharingCosts>] {
    [
      .init("leastCycles", \.leastCycles, 0...1e9),
      .init("leastElements", \.leastElements, 0...1_000_000_000),
      .init("farBytesPerCycle", \.farBytesPerCycle, Allowed.bytesPerCycle),
      .init("writtenBytesPerCycle", \.writtenBytesPerCycle, Allowed.bytesPerCycle),
    ]
  }
}
