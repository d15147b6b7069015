/// What one core of a processor can do, and how fast: throughputs in instructions and bytes per cycle, latencies in
/// cycles.
///
/// There are two kinds of numbers. `pipeline`, `float32`, `float16`, `int8`, `caches`, `memory` and `threads` say what
/// the hardware does, after its vendor's guide or a published measurement, which each entry in `Processors` cites, so
/// that times can be estimated. `directTiles`, `depthwiseTiles`, `planarTiles`, `winograd` and `sharing` are what the cost model
/// reads when it chooses algorithms, tiles, regions, strips and shares. They are coarser, of one vector unit rather than of one processor,
/// and were fitted to measurements; where they contradict the hardware's numbers, choices still follow them. From the
/// hardware the choices take the vectors, the sizes of the caches and the length of a line.
package struct MachineModel: Hashable, Sendable {
  /// The name of the entry in `Processors` that the numbers began with.
  package var processor: String
  /// The instruction set of the vector unit.
  package var instructionSet: InstructionSet
  /// Floats that a vector register holds.
  ///
  /// Precondition: 4, 8 or 16, and at most what the instruction set has.
  package var vectorWidth: Int
  /// Vector registers that a micro-kernel may use: at most what the instruction set has.
  package var vectorRegisterCount: Int

  /// How instructions are issued.
  package var pipeline: Pipeline
  /// Arithmetic on vectors of float32.
  package var float32: Arithmetic
  /// Arithmetic on vectors of float16.
  package var float16: Arithmetic
  /// Products of int8, or of the int16 that they are widened to, summed in int32.
  package var int8: Arithmetic
  /// The caches that hold data, nearest first; empty where they aren't known.
  package var caches: [Cache]
  /// The memory.
  package var memory: Memory
  /// What it costs to share work among cores.
  package var threads: ThreadCosts

  /// What the cost model reads for register tiles of direct convolutions, and of Winograd's products.
  package var directTiles: DirectTileCosts
  /// What the cost model reads for tiles of depthwise convolutions.
  package var depthwiseTiles: DepthwiseTileCosts
  /// What the cost model reads for tiles of planar convolutions.
  package var planarTiles: PlanarTileCosts
  /// What decides which convolutions are Winograd's.
  package var winograd: WinogradCosts
  /// What decides how work is shared among threads.
  package var sharing: SharingCosts

  /// Makes a model whose vectors are as wide as the instruction set has them, and as many, unless fewer are given.
  package init(
    processor: String, instructionSet: InstructionSet, vectorRegisterCount: Int? = nil, pipeline: Pipeline,
    float32: Arithmetic,
    float16: Arithmetic = .missing, int8: Arithmetic = .missing, caches: [Cache], memory: Memory, threads: ThreadCosts,
    directTiles: DirectTileCosts, depthwiseTiles: DepthwiseTileCosts = DepthwiseTileCosts(),
    planarTiles: PlanarTileCosts = PlanarTileCosts(), winograd: WinogradCosts = WinogradCosts(),
    sharing: SharingCosts = SharingCosts()
  ) {
    self.processor = processor
    self.instructionSet = instructionSet
    vectorWidth = instructionSet.vectorWidth
    self.vectorRegisterCount = vectorRegisterCount ?? instructionSet.vectorRegisterCount
    self.pipeline = pipeline
    self.float32 = float32
    self.float16 = float16
    self.int8 = int8
    self.caches = caches
    self.memory = memory
    self.threads = threads
    self.directTiles = directTiles
    self.depthwiseTiles = depthwiseTiles
    self.planarTiles = planarTiles
    self.winograd = winograd
    self.sharing = sharing
  }
}

extension MachineModel {
  /// Bytes of each cache that holds data, nearest first.
  ///
  /// A machine with other caches than the entry's keeps their speeds level by level; a level that the entry doesn't
  /// have is as fast as its last, and one with none known as fast as the memory.
  package var cacheByteCounts: [Int] {
    get { caches.map(\.byteCount) }
    set {
      let farthest =
        caches.last ?? Cache(byteCount: 0, wayCount: 1, bytesPerCycle: memory.bytesPerCycle, latency: memory.latency)
      caches = newValue.enumerated().map { level, byteCount in
        var cache = level < caches.count ? caches[level] : farthest
        cache.byteCount = byteCount
        return cache
      }
    }
  }

  /// The model with caches of these sizes.
  package func with(cacheByteCounts: [Int]) -> MachineModel {
    var model = self
    model.cacheByteCounts = cacheByteCounts
    return model
  }
}

extension MachineModel {
  /// Products of some arithmetic that a core sums up per cycle, at most; those of float32 where it has no such arithmetic.
  package func productsPerCycle(_ arithmetic: Arithmetic) -> Double {
    let chosen = arithmetic.productsPerLane > 0 ? arithmetic : float32
    return Double(vectorWidth) * chosen.productsPerLane * chosen.multiplyAddsPerCycle
  }

  /// Bytes per cycle at which a core reads again what it or another has read before, where so much is in use: from the nearest
  /// cache that holds it, or from memory.
  package func bytesPerCycle(amongBytes count: Int) -> Double {
    caches.first { $0.byteCount >= count }?.bytesPerCycle ?? memory.bytesPerCycle
  }

  /// Bytes per cycle at which a core writes, likewise.
  package func writtenBytesPerCycle(amongBytes count: Int) -> Double {
    caches.first { $0.byteCount >= count }?.bytesPerCycle ?? memory.writtenBytesPerCycle
  }
}
