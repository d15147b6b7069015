import KilnKernels
import KilnMachine

extension PlanarTileShape {
  /// The numbers of vectors of pixels that a tile may have.
  ///
  /// There are registers for the sums, the pixels, a weight, and where a product needs one for the product. A row holds all
  /// pixels of a tile that has several vectors.
  static func vectorCounts(channels: Int, columns: Int, target: Target) -> [Int] {
    let most = max(1, (target.vectorRegisterCount - 2) / (channels + 1))
    return (1...most).filter { $0 == 1 || $0 * target.vectorWidth <= columns }
  }

  /// The vectors of pixels that cover a row of `columns` pixels fastest on a machine: the fewest cycles of multiply-adds,
  /// loads, or of waiting for a sum; a little for the loop.
  static func bestVectors(channels: Int, columns: Int, target: Target) -> Int {
    let costs = target.model.planarTiles
    func cycles(_ vectors: Int) -> Double {
      let tiles = Double(columns.dividedRoundingUp(by: vectors * target.vectorWidth))
      let arithmetic = Double(vectors * channels) / costs.multiplyAddsPerCycle
      let loads = Double(vectors + channels) / costs.loadsPerCycle
      return tiles * (max(arithmetic, loads, costs.multiplyAddLatency) + costs.turnCycles)
    }
    return vectorCounts(channels: channels, columns: columns, target: target).min { cycles($0) < cycles($1) } ?? 1
  }
}
