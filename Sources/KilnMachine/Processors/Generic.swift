extension Processor {
  /// One for each vector unit, which stands for those that Kiln doesn't know.
  static let genericCores = InstructionSet.allCases.map { generic($0) }

  /// Any 64-bit Arm core: a Cortex-A72, the middle one of boards, with the smaller second cache of others.
  static let genericNEON = standingFor(
    cortexA72, name: "generic-neon", compilerName: "generic", cacheByteCounts: [32 << 10, 512 << 10])

  /// Any x86-64 processor with AVX2: a Zen 3, with the smaller second cache of others.
  static let genericAVX2 = standingFor(
    zen3, name: "generic-avx2", compilerName: "x86-64-v3", cacheByteCounts: [32 << 10, 256 << 10, 8 << 20])

  /// Any x86-64 processor with AVX-512, but not its dot product: a Cascade Lake.
  package static let genericAVX512: Processor = {
    var processor = standingFor(
      cascadeLake, name: "generic-avx512", compilerName: "x86-64-v4",
      cacheByteCounts: [32 << 10, 1 << 20, 16 << 20])
    // `vpmaddwd` of int16, and an addition, on two ports.
    processor.model.int8 = Arithmetic(
      productsPerLane: 2, multiplyAddsPerCycle: 1, multiplyAddLatency: 6, accumulationLatency: 1, additionsPerCycle: 2,
      additionLatency: 1)
    return processor
  }()

  /// Any x86-64 processor with SSE4.2: a Westmere.
  ///
  /// - Intel 248966, Optimization Reference Manual, Nehalem microarchitecture: four instructions per cycle, one load
  ///   and one store of 128 bits, a multiplication and an addition, 4 and 3 cycles.
  /// - 7-cpu.com/cpu/Westmere.html, measured: caches 4, 10 and 40 cycles, 3.8 and 5.2 cycles per line of the second and
  ///   the third; memory 40 cycles and 67 ns; a misprediction 15 to 16; 10 lines filled at once.
  /// - What the memory gives one core, and the costs of threads, are assumed.
  static let genericSSE2 = Processor(
    compilerName: "x86-64-v2", identities: [],
    model: MachineModel(
      processor: "generic-sse2", instructionSet: .sse2,
      pipeline: Pipeline(
        clockMegahertz: 2667, instructionsPerCycle: 4, integersPerCycle: 3, mispredictionCycles: 16, loadsPerCycle: 1,
        storesPerCycle: 1, loadsAndStoresPerCycle: 2, loadLatency: 6),
      float32: Arithmetic(
        productsPerLane: 1, multiplyAddsPerCycle: 1, multiplyAddLatency: 7, accumulationLatency: 3,
        additionsPerCycle: 1, additionLatency: 3),
      // `pmaddwd` of int16, and an addition.
      int8: Arithmetic(
        productsPerLane: 2, multiplyAddsPerCycle: 1, multiplyAddLatency: 4, accumulationLatency: 1,
        additionsPerCycle: 2, additionLatency: 1),
      caches: [
        Cache(byteCount: 32 << 10, wayCount: 8, bytesPerCycle: 16, latency: 4),
        Cache(byteCount: 256 << 10, wayCount: 8, bytesPerCycle: 16.8, latency: 10),
        Cache(byteCount: 4 << 20, wayCount: 16, bytesPerCycle: 12.3, latency: 40, sharingCoreCount: 4),
      ],
      memory: Memory(
        bytesPerCycle: 4, writtenBytesPerCycle: 3, peakBytesPerCycle: 10, latency: 219, linesInFlight: 10),
      threads: ThreadCosts(handoverCycles: 120, wakingCycles: 27000), directTiles: .sse2))

  /// Another processor's numbers under a name of their own.
  private static func standingFor(
    _ processor: Processor, name: String, compilerName: String, cacheByteCounts: [Int]
  ) -> Processor {
    var model = processor.model.with(cacheByteCounts: cacheByteCounts)
    model.processor = name
    return Processor(compilerName: compilerName, identities: [], model: model)
  }
}
