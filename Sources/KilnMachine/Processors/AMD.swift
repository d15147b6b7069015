// The memory's numbers are assumed: of servers, one core's part. So is the time of waking a thread: 10 microseconds.
extension Processor {
  /// AMD's cores.
  static let amdCores = [zen3, zen4]

  /// Zen 3: EPYC 7003, Ryzen 5000 and 6000.
  ///
  /// - AMD 56665, Software Optimization Guide for AMD Family 19h Processors, section 2.8: a misprediction 13 cycles
  ///   commonly. 2.9.6: six macro-operations per cycle. 2.10.2: four integer units, three for addresses. 2.11:
  ///   pipelines 0 and 1 multiply and add, 2 and 3 add; one store per cycle. 2.12: two of three accesses per cycle may
  ///   be loads into vector registers, 7 cycles. 2.6: the caches; 32 bytes per cycle from the second and from the
  ///   third; 24 misses of the first at once.
  /// - LLVM, X86ScheduleZnver3.td, which quotes these sections: a multiply-add 4 cycles, an addition 3, `vpmaddwd` 3.
  /// - github.com/pigirons/cpufp, x64, Ryzen 9 6900HX: 32 floating-point operations per cycle.
  /// - github.com/nviennot/core-to-core-latency, EPYC 7R13: 23 ns among the cores of a third cache.
  static let zen3 = Processor(
    compilerName: "znver3",
    identities: [
      .x86(vendor: "AuthenticAMD", family: 25, models: 0x00...0x0f),
      .x86(vendor: "AuthenticAMD", family: 25, models: 0x20...0x5f),
    ],
    model: MachineModel(
      processor: "zen-3", instructionSet: .avx2,
      pipeline: Pipeline(
        clockMegahertz: 3400, instructionsPerCycle: 6, integersPerCycle: 4, mispredictionCycles: 13, loadsPerCycle: 2,
        storesPerCycle: 1, loadsAndStoresPerCycle: 3, loadLatency: 7),
      float32: Arithmetic(
        productsPerLane: 1, multiplyAddsPerCycle: 2, multiplyAddLatency: 4, additionsPerCycle: 2, additionLatency: 3),
      // `vpmaddwd` of int16, and an addition.
      int8: Arithmetic(
        productsPerLane: 2, multiplyAddsPerCycle: 2, multiplyAddLatency: 4, accumulationLatency: 1,
        additionsPerCycle: 4, additionLatency: 1),
      caches: [
        Cache(byteCount: 32 << 10, wayCount: 8, bytesPerCycle: 64, latency: 4),
        Cache(byteCount: 512 << 10, wayCount: 8, bytesPerCycle: 32, latency: 12),
        Cache(byteCount: 32 << 20, wayCount: 16, bytesPerCycle: 32, latency: 46, sharingCoreCount: 8),
      ],
      memory: Memory(
        bytesPerCycle: 6, writtenBytesPerCycle: 4, peakBytesPerCycle: 15, latency: 340, linesInFlight: 24),
      threads: ThreadCosts(handoverCycles: 78, wakingCycles: 34000), directTiles: .avx2))

  /// Zen 4, whose units of 256 bits take a vector of AVX-512 in two halves: EPYC 9004, Ryzen 7000; and Zen 5.
  ///
  /// - AMD 57647, Software Optimization Guide for the AMD Zen4 Microarchitecture: like Zen 3, but for these. Operations
  ///   on 512 bits take two cycles of a pipeline; so one load of them per cycle and half a store. 1 MiB of second
  ///   cache, 14 cycles.
  /// - github.com/pigirons/cpufp, x64, Ryzen 7 8845HS: 32 floating-point operations per cycle, with 256 bits and with
  ///   512, and four times as many of int8 by `vpdpbusd`.
  /// - The time of handing over a line is taken to be Zen 3's.
  static let zen4 = Processor(
    compilerName: "znver4",
    identities: [
      .x86(vendor: "AuthenticAMD", family: 25, models: 0x10...0x1f),
      .x86(vendor: "AuthenticAMD", family: 25, models: 0x60...0xaf),
      .x86(vendor: "AuthenticAMD", family: 26, models: 0x00...0xff),
    ],
    model: MachineModel(
      processor: "zen-4", instructionSet: .avx512,
      pipeline: Pipeline(
        clockMegahertz: 3600, instructionsPerCycle: 6, integersPerCycle: 4, mispredictionCycles: 13, loadsPerCycle: 1,
        storesPerCycle: 0.5, loadsAndStoresPerCycle: 1.5, loadLatency: 7),
      float32: Arithmetic(
        productsPerLane: 1, multiplyAddsPerCycle: 1, multiplyAddLatency: 4, additionsPerCycle: 1, additionLatency: 3),
      // `vpdpbusd`.
      int8: Arithmetic(
        productsPerLane: 4, multiplyAddsPerCycle: 1, multiplyAddLatency: 4, additionsPerCycle: 2, additionLatency: 1),
      caches: [
        Cache(byteCount: 32 << 10, wayCount: 8, bytesPerCycle: 64, latency: 4),
        Cache(byteCount: 1 << 20, wayCount: 8, bytesPerCycle: 32, latency: 14),
        Cache(byteCount: 32 << 20, wayCount: 16, bytesPerCycle: 32, latency: 50, sharingCoreCount: 8),
      ],
      memory: Memory(
        bytesPerCycle: 7, writtenBytesPerCycle: 5, peakBytesPerCycle: 21, latency: 380, linesInFlight: 24),
      threads: ThreadCosts(handoverCycles: 83, wakingCycles: 36000), directTiles: .avx512))
}
