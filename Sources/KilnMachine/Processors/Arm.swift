// Sources that several entries cite:
// - cpufp: github.com/pigirons/cpufp, benchmark_result/arm64, multiply-adds measured on the boards.
// - sbc-bench: github.com/ThomasKaiser/sbc-bench, results/NAME.txt. Its `ramlat` gives latencies, 4 KiB pages and their
//   translation included, and how long 8 lines at once take, from which the second caches' bytes per cycle are; its
//   `tinymembench` reads and writes memory in sequence.
// - LLVM: llvm/lib/Target/AArch64, the scheduling models, which quote Arm's guides. The times of handing over a line
//   are those of a Neoverse N1, 47 ns (AWS Graviton 2 in github.com/nviennot/core-to-core-latency), for want of a
//   board's. Those of waking a thread are assumed: 30 microseconds.
extension Processor {
  /// Arm's cores.
  static let armCores = [cortexA53, cortexA72, cortexA76]

  /// The Cortex-A53 of a Raspberry Pi 3, in order, and small cores like it.
  ///
  /// - Arm DDI 0500, Cortex-A53 MPCore Technical Reference Manual, chapter 6: 64 bits are read from the first cache per
  ///   cycle and 128 written; 4 ways. Chapter 7: the second, of 16 ways and shared.
  /// - GCC, config/aarch64 and config/arm/cortex-a53.md, by Arm: two units of 64 bits, which an operation of 128 bits
  ///   takes together, from one of the two slots; 8 cycles for a multiply-add, 4 from sum to sum, 4 for an addition.
  /// - github.com/daniestevez/qsdr, tests/instruction_benchmark, measured: a load of 128 bits takes 2 cycles to issue
  ///   and 4 to arrive; neither it, nor one of 64 bits, nor a store is issued with vector arithmetic; leaving a loop
  ///   costs 7.
  /// - ncnn, docs/developer-guide/arm-a53-a55-dual-issue.md, measured: the same of multiply-adds; a load of 64 bits
  ///   into a general register is issued with them.
  /// - cpufp, RK3399: 8 floating-point operations per cycle, where LLVM's model counts 4.
  /// - sbc-bench 4hOp (Raspberry Pi 3) and 4LT2 (RK3399): second cache 25 to 32 cycles, 6 bytes per cycle; memory 180
  ///   ns, 8 lines of it in the time of 2.5, 1.7 GB/s written. 3E85 (Zero 2 W, the same chip and memory): 2.1 GB/s
  ///   read. Peak: LPDDR2-900 of 32 bits.
  static let cortexA53 = Processor(
    compilerName: "cortex-a53",
    // Cortex-A35 and A55 too.
    identities: [.arm(part: 0xd03), .arm(part: 0xd04), .arm(part: 0xd05)],
    model: MachineModel(
      processor: "cortex-a53", instructionSet: .neon,
      // For a core in order LLVM loads far ahead: tiles that need more registers spill in their innermost loops.
      vectorRegisterCount: 26,
      pipeline: Pipeline(
        clockMegahertz: 1200, isInOrder: true, instructionsPerCycle: 2, integersPerCycle: 2, mispredictionCycles: 7,
        loadsPerCycle: 0.5, storesPerCycle: 1, loadsAndStoresPerCycle: 1, loadLatency: 4, arithmeticCyclesPerLoad: 2,
        arithmeticCyclesPerHalfLoad: 1, arithmeticCyclesPerStore: 1),
      float32: Arithmetic(
        productsPerLane: 1, multiplyAddsPerCycle: 1, multiplyAddLatency: 8, accumulationLatency: 4,
        additionsPerCycle: 1, additionLatency: 4),
      // `smlal`.
      int8: Arithmetic(
        productsPerLane: 2, multiplyAddsPerCycle: 1, multiplyAddLatency: 4, additionsPerCycle: 1, additionLatency: 2),
      caches: [
        Cache(byteCount: 32 << 10, wayCount: 4, bytesPerCycle: 8, latency: 3),
        Cache(byteCount: 512 << 10, wayCount: 16, bytesPerCycle: 6, latency: 30, sharingCoreCount: 4),
      ],
      memory: Memory(
        bytesPerCycle: 1.75, writtenBytesPerCycle: 1.4, peakBytesPerCycle: 3, latency: 216, linesInFlight: 3),
      threads: ThreadCosts(handoverCycles: 56, wakingCycles: 36000), directTiles: .neon, winograd: .neon))

  /// The Cortex-A72 of a Raspberry Pi 4, and cores like it.
  ///
  /// - Arm UAN 0016A, Cortex-A72 Software Optimization Guide, section 2.1: three instructions per cycle, eight
  ///   pipelines of which two are for vectors, one for loads and one for stores. Section 3.15, ASIMD floating-point
  ///   instructions: a multiply-add of 128 bits each cycle, 7 cycles, 3 from sum to sum.
  /// - Arm 100095, Cortex-A72 MPCore Technical Reference Manual: first cache of 2 ways, second of 16, shared.
  /// - LLVM, AArch64SchedA57.td, which serves it: a load of 128 bits per cycle, 5 cycles; a store of 128 bits in two; a
  ///   misprediction 14 cycles.
  /// - cpufp, BCM2711: 8 floating-point operations per cycle.
  /// - sbc-bench 4pzj (Raspberry Pi 4): first cache 4 cycles, second 21 and 7.4 bytes per cycle; memory 160 ns, 8 lines
  ///   of it in the time of 1.2, 4.4 GB/s read, 3.4 written. Peak: LPDDR4-3200 of 32 bits. The clock
  ///   is the board's own since 2021.
  static let cortexA72 = Processor(
    compilerName: "cortex-a72",
    // Cortex-A57 and A73 too.
    identities: [.arm(part: 0xd08), .arm(part: 0xd07), .arm(part: 0xd09)],
    model: MachineModel(
      processor: "cortex-a72", instructionSet: .neon,
      pipeline: Pipeline(
        clockMegahertz: 1800, instructionsPerCycle: 3, integersPerCycle: 2, mispredictionCycles: 14, loadsPerCycle: 1,
        storesPerCycle: 0.5, loadsAndStoresPerCycle: 2, loadLatency: 5),
      float32: Arithmetic(
        productsPerLane: 1, multiplyAddsPerCycle: 1, multiplyAddLatency: 7, accumulationLatency: 3,
        additionsPerCycle: 1, additionLatency: 4),
      // `smlal`.
      int8: Arithmetic(
        productsPerLane: 2, multiplyAddsPerCycle: 1, multiplyAddLatency: 4, accumulationLatency: 1,
        additionsPerCycle: 2, additionLatency: 3),
      caches: [
        Cache(byteCount: 32 << 10, wayCount: 2, bytesPerCycle: 16, latency: 4),
        Cache(byteCount: 1 << 20, wayCount: 16, bytesPerCycle: 7.4, latency: 21, sharingCoreCount: 4),
      ],
      memory: Memory(
        bytesPerCycle: 2.4, writtenBytesPerCycle: 1.9, peakBytesPerCycle: 7.1, latency: 288, linesInFlight: 6),
      threads: ThreadCosts(handoverCycles: 85, wakingCycles: 54000), directTiles: .neon, winograd: .neon))

  /// The Cortex-A76 of a Raspberry Pi 5, and cores like it.
  ///
  /// - Arm PJDOC-466751330-7215, Cortex-A76 Software Optimization Guide, section 2.1: four instructions per cycle, two
  ///   pipelines for vectors, two for loads and stores, three for integers. ASIMD floating-point instructions: two
  ///   multiply-adds of 128 bits per cycle, 4 cycles, 2 from sum to sum; of float16 the same.
  /// - Arm 100798, Cortex-A76 Core Technical Reference Manual: first cache of 4 ways, second of 8; the third has 16,
  ///   shared.
  /// - LLVM, AArch64SchedNeoverseN1.td, the same core for servers: two loads of 128 bits per cycle, 5 cycles; a store
  ///   of 128 bits takes both pipelines; additions 2 cycles; a misprediction 11.
  /// - cpufp, BCM2712: 16 floating-point operations per cycle, 32 of float16, 64 of int8 by `sdot`.
  /// - sbc-bench 4JAv (Raspberry Pi 5): first cache 4 cycles, second 12 and 17 bytes per cycle, third 150; memory 137
  ///   ns, 8 lines of it in the time of one, 11.9 GB/s read, 9.9 written. Peak: LPDDR4X-4267 of 32 bits. The third
  ///   cache's bytes per cycle are assumed: between the second's and the memory's.
  static let cortexA76 = Processor(
    compilerName: "cortex-a76",
    // Cortex-A75, Neoverse N1, Cortex-A77 and A78 too.
    identities: [.arm(part: 0xd0b), .arm(part: 0xd0a), .arm(part: 0xd0c), .arm(part: 0xd0d), .arm(part: 0xd41)],
    model: MachineModel(
      processor: "cortex-a76", instructionSet: .neon,
      pipeline: Pipeline(
        clockMegahertz: 2400, instructionsPerCycle: 4, integersPerCycle: 3, mispredictionCycles: 11, loadsPerCycle: 2,
        storesPerCycle: 1, loadsAndStoresPerCycle: 2, loadLatency: 5),
      float32: Arithmetic(
        productsPerLane: 1, multiplyAddsPerCycle: 2, multiplyAddLatency: 4, accumulationLatency: 2,
        additionsPerCycle: 2, additionLatency: 2),
      float16: Arithmetic(
        productsPerLane: 2, multiplyAddsPerCycle: 2, multiplyAddLatency: 4, accumulationLatency: 2,
        additionsPerCycle: 2, additionLatency: 2),
      // `sdot`.
      int8: Arithmetic(
        productsPerLane: 4, multiplyAddsPerCycle: 2, multiplyAddLatency: 2, accumulationLatency: 1,
        additionsPerCycle: 2, additionLatency: 2),
      caches: [
        Cache(byteCount: 64 << 10, wayCount: 4, bytesPerCycle: 32, latency: 4),
        Cache(byteCount: 512 << 10, wayCount: 8, bytesPerCycle: 17, latency: 12),
        Cache(byteCount: 2 << 20, wayCount: 16, bytesPerCycle: 8, latency: 150, sharingCoreCount: 4),
      ],
      memory: Memory(
        bytesPerCycle: 4.9, writtenBytesPerCycle: 4.1, peakBytesPerCycle: 7.1, latency: 330, linesInFlight: 8),
      threads: ThreadCosts(handoverCycles: 113, wakingCycles: 72000), directTiles: .neon, winograd: .neon))
}
