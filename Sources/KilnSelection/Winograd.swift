import KilnGraph
import KilnMachine

/// Winograd's minimal filtering `F(outputs x outputs, 3x3)` of a convolution with a 3x3 kernel and steps of one pixel.
///
/// Which convolutions use it depends on the convolution and on the machine's `WinogradCosts`, which all machines with one vector
/// unit share: these give the same bits.
package struct Winograd: Hashable, Sendable {
  /// Rows, and columns, of the output that one tile computes: 2 or 4.
  package var outputs: Int

  /// Makes tiles that compute `outputs` rows and `outputs` columns of the output, 2 or 4.
  package init(outputs: Int) {
    self.outputs = outputs
  }

  /// Rows, and columns, of the input that one tile reads.
  package var edge: Int { outputs + 2 }
  /// Planes of a transformed tile: products that replace `9 * outputs * outputs`.
  package var planes: Int { edge * edge }

  /// Rows of tiles, and tiles of a row, of one image.
  package func grid(_ work: WinogradWork) -> (rows: Int, columns: Int) {
    (work.rows.dividedRoundingUp(by: outputs), work.columns.dividedRoundingUp(by: outputs))
  }

  /// Tiles of all images.
  package func tiles(_ work: WinogradWork) -> Int {
    let grid = grid(work)
    return work.images * grid.rows * grid.columns
  }

  /// How many tiles are in the workspace at once: whole register tiles of `pixels`, as many as fit into `byteCount` at
  /// `tileByteCount` each, at least one, or fewer if that makes no more blocks of all tiles.
  func blockTiles(_ work: WinogradWork, pixels: Int, tileByteCount: Int, within byteCount: Int) -> Int {
    let tiles = tiles(work)
    let blocks = tiles.dividedRoundingUp(by: max(1, byteCount / (tileByteCount * pixels)) * pixels)
    return tiles.dividedRoundingUp(by: blocks).roundedUp(toMultipleOf: pixels)
  }
}

/// The shape of a convolution, as far as the choice depends on it.
package struct WinogradWork: Hashable, Sendable {
  /// Images, output rows of an image, output pixels of a row.
  package var images: Int
  package var rows: Int
  package var columns: Int
  /// Channels of the input and of the output.
  package var inputChannels: Int
  package var outputChannels: Int

  /// Makes the shape.
  package init(images: Int, rows: Int, columns: Int, inputChannels: Int, outputChannels: Int) {
    self.images = images
    self.rows = rows
    self.columns = columns
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
  }
}

extension Winograd {
  /// The fastest tiles; `nil` when the direct convolution is about as fast.
  ///
  /// Time is counted in multiply-adds that a machine does meanwhile. An image smaller than a tile is convolved directly.
  package init?(for work: WinogradWork, costs: WinogradCosts) {
    var best = (cost: costs.worthwhilePart * Self.directCost(work, costs), winograd: Winograd?.none)
    for candidate in [4, 2].map(Winograd.init(outputs:)) where work.holds(candidate) {
      let cost = candidate.cost(work, costs)
      if cost < best.cost { best = (cost, candidate) }
    }
    guard let winograd = best.winograd else { return nil }
    self = winograd
  }

  private static func directCost(_ work: WinogradWork, _ costs: WinogradCosts) -> Double {
    let weights = 9 * work.inputChannels * work.outputChannels
    return Double(work.images * work.rows * work.columns * weights)
      + (weights > costs.nearWeights ? costs.directReading * Double(weights) : 0)
  }

  /// The time that a convolution takes, in multiply-adds that a machine does meanwhile.
  func cost(_ work: WinogradWork, _ costs: WinogradCosts) -> Double {
    let tiles = tiles(work)
    let weights = planes * work.inputChannels * work.outputChannels
    return Double(max(tiles, costs.leastTiles) * weights)
      + (weights > costs.nearWeights ? costs.reading * Double(weights) : 0)
      + Double(tiles * (work.inputChannels + work.outputChannels))
      * (outputs == 4 ? costs.transform4 : costs.transform2)
  }
}
