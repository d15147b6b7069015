import KilnKernels
import KilnMachine

/// The machine as a register tile sees it: which tiles there may be, and the cycles that they take.
///
/// What instructions a tile consists of, `TileInstructions` says; how fast they are, `DirectTileCosts`.
struct TileModel {
  private let costs: DirectTileCosts
  private let instructionSet: InstructionSet
  private let vectorByteCount: Int
  /// Vector registers.
  let registers: Int

  init(_ target: Target) {
    costs = target.model.directTiles
    instructionSet = target.instructionSet
    registers = target.vectorRegisterCount
    vectorByteCount = target.vectorWidth * 4
  }

  /// The widest tile: one pixel, and as many vectors of channels as the sums and their weights find registers.
  var maximumVectors: Int { (1...registers).last { fits(pixels: 1, vectors: $0) } ?? 1 }

  /// The most pixels of a tile.
  var maximumPixels: Int { TileInstructions.maximumPixels(instructionSet) }

  /// Whether a tile's sums, weights and inputs stay in registers.
  func fits(pixels: Int, vectors: Int) -> Bool {
    TileInstructions(pixels: pixels, vectors: vectors, instructionSet).registers <= registers
  }

  /// The number of pixels that covers a row fastest, and the cycles that a row takes.
  func bestPixels(columns: Int, vectors: Int, depth: Int) -> (pixels: Int, cycles: Double) {
    var best = (pixels: 1, cycles: Double.infinity)
    for pixels in 1...min(maximumPixels, columns) where fits(pixels: pixels, vectors: vectors) {
      let cycles = rowCycles(columns: columns, pixels: pixels, vectors: vectors, depth: depth)
      if cycles <= best.cycles { best = (pixels, cycles) }
    }
    return best
  }

  /// The cycles that a row takes.
  func rowCycles(columns: Int, pixels: Int, vectors: Int, depth: Int) -> Double {
    let edge = columns % pixels
    return Double(columns / pixels) * tileCycles(pixels: pixels, vectors: vectors, depth: depth)
      + (edge > 0 ? tileCycles(pixels: edge, vectors: vectors, depth: depth) : 0)
  }

  /// The cycles that a tile takes, whose sums have `depth` products.
  private func tileCycles(pixels: Int, vectors: Int, depth: Int) -> Double {
    let instructions = TileInstructions(pixels: pixels, vectors: vectors, instructionSet)
    let arithmetic = Double(instructions.multiplyAdds) / costs.multiplyAddsPerCycle
    let loads = Double(instructions.loads) / costs.loadsPerCycle
    let weights = Double(vectors * vectorByteCount) / costs.secondCacheBytesPerCycle
    let step =
      max(arithmetic, loads, weights, costs.multiplyAddLatency) + costs.loadCycles * Double(instructions.loads)
      + costs.otherInstructionCycles * instructions.others
    return Double(depth) * step + costs.storeCycles * Double(instructions.stores) + costs.callCycles
  }
}
