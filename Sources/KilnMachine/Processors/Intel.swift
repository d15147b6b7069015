extension Processor {
  /// Intel's cores.
  static let intelCores = [cascadeLake]

  /// Cascade Lake, and the servers' cores nearest to it: Skylake and Cooper Lake, Ice Lake, Sapphire and Emerald
  /// Rapids.
  ///
  /// - Intel 248966, Optimization Reference Manual, Skylake Server microarchitecture: four instructions per cycle; two
  ///   loads and a store of 512 bits per cycle; multiply-adds of 512 bits on ports 0 and 5; table of the caches: second
  ///   64 bytes per cycle at most and 52 sustained, 14 cycles, third 16 and 15, 50 to 70 cycles. 12 lines are filled at
  ///   once.
  /// - LLVM, X86SchedSkylakeServer.td: a multiply-add or an addition 4 cycles, `vpdpbusd` 5, a load of 512 bits 8.
  /// - github.com/nviennot/core-to-core-latency, Xeon Platinum 8275CL: 47 ns.
  /// - The clock is that at which 64 floating-point operations per cycle make the 150 GFLOP/s that were measured. What
  ///   the memory gives one core, and the time of waking a thread, 10 microseconds, are assumed. Peak: six channels of
  ///   DDR4-2933.
  static let cascadeLake = Processor(
    compilerName: "cascadelake",
    identities: [0x55, 0x6a, 0x6c, 0x8f, 0xcf].map { .x86(vendor: "GenuineIntel", family: 6, models: $0...$0) },
    model: MachineModel(
      processor: "cascade-lake", instructionSet: .avx512,
      pipeline: Pipeline(
        clockMegahertz: 2400, instructionsPerCycle: 4, integersPerCycle: 4, mispredictionCycles: 16, loadsPerCycle: 2,
        storesPerCycle: 1, loadsAndStoresPerCycle: 3, loadLatency: 8),
      float32: Arithmetic(
        productsPerLane: 1, multiplyAddsPerCycle: 2, multiplyAddLatency: 4, additionsPerCycle: 2, additionLatency: 4),
      // `vpdpbusd`.
      int8: Arithmetic(
        productsPerLane: 4, multiplyAddsPerCycle: 2, multiplyAddLatency: 5, additionsPerCycle: 2, additionLatency: 1),
      caches: [
        Cache(byteCount: 32 << 10, wayCount: 8, bytesPerCycle: 128, latency: 5),
        Cache(byteCount: 1 << 20, wayCount: 16, bytesPerCycle: 52, latency: 14),
        Cache(byteCount: 16 << 20, wayCount: 11, bytesPerCycle: 15, latency: 60, sharingCoreCount: 16),
      ],
      memory: Memory(
        bytesPerCycle: 5, writtenBytesPerCycle: 3.5, peakBytesPerCycle: 58, latency: 200, linesInFlight: 12),
      threads: ThreadCosts(handoverCycles: 113, wakingCycles: 24000), directTiles: .avx512))
}
