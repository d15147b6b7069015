import KilnSelection

/// How threads share Winograd's tiles: each takes some, one after the other.
struct WinogradShares {
  /// The tiles of each worker.
  let ranges: [Range<Int>]
  /// Tiles that a worker has in its workspace at once, for which no share is too small.
  let blockTiles: Int

  /// Shares the tiles of a convolution.
  ///
  /// - Parameters:
  ///   - pixels: tiles that a register tile multiplies.
  ///   - blockTiles: the most tiles at once.
  init(_ winograd: Winograd, _ work: WinogradWork, pixels: Int, blockTiles: Int, _ context: LoweringContext) {
    let tiles = winograd.tiles(work)
    let products = winograd.planes * tiles * work.inputChannels * work.outputChannels
    let workers = context.sharing.workers(multiplyAdds: products, context.target)
    ranges = WorkSharing.ranges(tiles, unit: pixels, among: workers)
    let most = ranges.map(\.count).max() ?? 0
    self.blockTiles = min(blockTiles, most.roundedUp(toMultipleOf: pixels))
  }
}
