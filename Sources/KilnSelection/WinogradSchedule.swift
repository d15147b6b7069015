import KilnGraph
import KilnKernels
import KilnMachine

/// How a Winograd convolution is cut into register tiles and blocks.
///
/// It changes no bit of the result.
package struct WinogradSchedule: Hashable, Sendable {
  /// Tiles of a register tile.
  package var pixels: Int
  /// Output channels of a register tile: whole vectors.
  package var channels: Int
  /// Tiles in the workspace at once: a multiple of `pixels`.
  package var blockTiles: Int
}

extension WinogradSchedule {
  /// The register tile that multiplies fastest after the cost model of direct convolutions, and as many tiles at once
  /// as the second cache holds with what they become.
  ///
  /// - Parameters:
  ///   - arithmetic: what tiles compute with.
  ///   - fixedChannels: the register tile's channels, where they aren't to be chosen.
  package init(
    _ winograd: Winograd, _ work: WinogradWork, _ arithmetic: TileArithmetic, target: Target,
    fixedChannels: Int? = nil
  ) {
    let target = arithmetic.machine(target)
    let model = TileModel(target)
    let width = target.vectorWidth
    let tiles = winograd.tiles(work)
    let outputVectors = work.outputChannels.dividedRoundingUp(by: width)
    var best = (cycles: Double.infinity, vectors: 1, pixels: 1)
    let fixedVectors = fixedChannels.map { $0 / width...$0 / width }
    for vectors in fixedVectors ?? 1...min(outputVectors, model.maximumVectors) {
      let blocks = outputVectors.dividedRoundingUp(by: vectors)
      let (pixels, row) = model.bestPixels(columns: tiles, vectors: vectors, depth: work.inputChannels)
      if Double(blocks) * row < best.cycles { best = (Double(blocks) * row, vectors, pixels) }
    }
    pixels = best.pixels
    channels = best.vectors * width
    let inputWidth = work.inputChannels.roundedUp(toMultipleOf: width)
    let tileByteCount = arithmetic.elementByteCount * winograd.planes * (inputWidth + channels)
    let fitting = max(1, target.model.cacheBudget.winogradTiles / (tileByteCount * pixels)) * pixels
    let blocks = tiles.dividedRoundingUp(by: fitting)
    blockTiles = tiles.dividedRoundingUp(by: blocks).roundedUp(toMultipleOf: pixels)
  }
}
