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
  /// Output channels whose products are in the workspace at once: a multiple of `channels`.
  package var blockChannels: Int
}

extension WinogradSchedule {
  /// The register tile that multiplies fastest after the cost model of direct convolutions.
  ///
  /// As many tiles are in the workspace as the second cache holds, each with its products of one register tile; or, where
  /// weights come from farther away, more tiles with all their products, if that moves fewer bytes.
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
    (blockTiles, blockChannels) = (pixels, channels)

    let near = withNearTiles(winograd, work, arithmetic, target)
    let farther = withAllChannels(winograd, work, arithmetic, target)
    let elementByteCount = arithmetic.elementByteCount * winograd.planes
    let weights = elementByteCount * work.inputChannels * work.outputChannels
    // Transformed tiles and products are fetched before they are written, written back, and read.
    let passing = 3 * elementByteCount * (work.inputChannels + work.outputChannels) * tiles
    let (nearBlocks, fartherBlocks) = (near.blocks(of: tiles), farther.blocks(of: tiles))
    let isNear =
      weights <= target.model.cacheBudget.winogradWeights || nearBlocks * weights <= fartherBlocks * weights + passing
    self = isNear ? near : farther
  }

  private func blocks(of tiles: Int) -> Int { tiles.dividedRoundingUp(by: blockTiles) }

  /// The same register tile, and in the workspace as many tiles as the second cache holds, with the products of one register
  /// tile's channels.
  func withNearTiles(
    _ winograd: Winograd, _ work: WinogradWork, _ arithmetic: TileArithmetic, _ target: Target
  ) -> WinogradSchedule {
    with(channels, within: target.model.cacheBudget.winogradTiles, winograd, work, arithmetic)
  }

  /// The same register tile, and in the workspace as many tiles as a core has translated addresses for, with the products of
  /// all channels.
  func withAllChannels(
    _ winograd: Winograd, _ work: WinogradWork, _ arithmetic: TileArithmetic, _ target: Target
  ) -> WinogradSchedule {
    let allChannels = work.outputChannels.roundedUp(toMultipleOf: channels)
    return with(allChannels, within: target.model.cacheBudget.translated, winograd, work, arithmetic)
  }

  private func with(
    _ blockChannels: Int, within byteCount: Int, _ winograd: Winograd, _ work: WinogradWork,
    _ arithmetic: TileArithmetic
  ) -> WinogradSchedule {
    var schedule = self
    schedule.blockChannels = blockChannels
    schedule.blockTiles = winograd.blockTiles(
      work, pixels: pixels,
      tileByteCount: arithmetic.elementByteCount * winograd.planes * (work.inputChannels + blockChannels),
      within: byteCount)
    return schedule
  }
}
