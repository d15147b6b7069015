import KilnGraph
import KilnKernels
import KilnMachine

/// How a convolution of numbers of 8 bits by Winograd's minimal filtering in integers is cut into register tiles and blocks: tiles of 4x4
/// outputs.
///
/// Sums are exact, so it changes no bit of the result, and each machine chooses for itself.
package struct ByteWinogradSchedule: Hashable, Sendable {
  /// The tiles of the image.
  package static let winograd = Winograd(outputs: 4)

  /// Tiles of the image of a register tile.
  package var pixels: Int
  /// Output channels of a register tile.
  package var channels: Int
  /// Tiles in the workspace at once: a multiple of `pixels`, or all.
  package var blockTiles: Int

  /// The schedule of a node; `nil` when it is another operator's, when sums might not be exact, or when direct tiles take fewer
  /// instructions.
  package init?(_ node: Node, _ graph: Graph, _ target: Target) {
    guard target.byteProducts == .pairs, target.sumLanes == 8,
      let convolution = node.operation as? RequantizedConvolution, convolution.result != nil,
      convolution.layout == .channelsLast, convolution.groups == 1, convolution.window.isThreeByThreeOfSteps1,
      let weight = node.inputs[LinearOperand.weight], let codes = graph.constant(weight)
    else { return nil }
    let output = graph.type(of: node.outputs[0]).shape
    let work = WinogradWork(
      images: output[0], rows: output[1], columns: output[2], inputChannels: codes.shape[1],
      outputChannels: codes.shape[0])
    guard !output.contains(0), work.holds(Self.winograd), work.inputChannels >= 16 else { return nil }
    self.init(work, target)
    let costs = ByteWinogradCosts(target)
    let direct = costs.directInstructions(work, target.byteProducts(with: codes))
    guard costs.instructions(work, self) < 0.9 * direct, Self.isExact(codes) else { return nil }
  }

  /// Whether sums of products with any inputs lie within ±2^25: 576 times as large ones are multiplied back modulo 2^32.
  ///
  /// Inputs are from -128 to 127, so the magnitudes of a channel's weights are summed up.
  private static func isExact(_ codes: Tensor) -> Bool {
    withExtendedLifetime(codes) {
      let weights = codes.storage.bytes.bindMemory(to: Int8.self)
      let count = codes.shape[1...].reduce(1, *)
      return (0..<codes.shape[0]).allSatisfy { channel in
        weights[channel * count..<(channel + 1) * count].reduce(0) { $0 + Int($1.magnitude) } < 1 << 18
      }
    }
  }

  /// The register tile that takes the fewest instructions, and as many tiles at once as the second cache holds with what they become.
  private init(_ work: WinogradWork, _ target: Target) {
    let costs = ByteWinogradCosts(target)
    let unit = ByteWinogradLayout(target).unit
    let tiles = Self.winograd.tiles(work)
    var best = (cost: Double.infinity, pixels: 1, channels: unit)
    for channels in stride(from: unit, through: work.outputChannels.roundedUp(toMultipleOf: unit), by: unit) {
      let blocks = Double(work.outputChannels.dividedRoundingUp(by: channels))
      for pixels in 1...min(TileInstructions.maximumPixels(target.instructionSet), tiles)
      where costs.fits(pixels: pixels, channels: channels) {
        let cost = blocks * costs.row(tiles: tiles, pixels: pixels, channels: channels, depth: work.inputChannels)
        if cost < best.cost { best = (cost, pixels, channels) }
      }
    }
    (pixels, channels) = (best.pixels, best.channels)
    let depth = work.inputChannels.roundedUp(toMultipleOf: 16)
    blockTiles = Self.winograd.blockTiles(
      work, pixels: pixels, tileByteCount: Self.winograd.planes * (2 * depth + 4 * channels),
      within: target.model.cacheBudget.winogradByteTiles)
  }
}

/// Instructions of Winograd's method in integers and of direct tiles, counted in their machine code: what chooses between them.
private struct ByteWinogradCosts {
  /// Of two input channels: for eight output channels of a tile, for eight output channels, and for a tile.
  private let product: Double
  private let unit: Double
  private let pixel: Double
  /// Vector registers for eight sums, for eight channels' weights, for a tile's numbers, and for the rest.
  private let sumRegisters: Int
  private let unitRegisters: Int
  private let pixelRegisters: Int
  private let otherRegisters: Int
  private let registers: Int
  /// Of a tile: for sixteen input channels, and for eight output channels; and of sixteen weights, which with AVX2 is the measured time
  /// rather than their count, most of it waiting for memory.
  private let input: Double
  private let output: Double
  private let weights: Double
  /// Of sixteen products of a direct tile, and of one whose pairs are narrow.
  private let direct: Double
  private let narrow = 1.9

  init(_ target: Target) {
    registers = target.instructionSet.vectorRegisterCount
    switch target.instructionSet {
    case .avx2, .avx512:
      (product, unit, pixel) = (2, 1, 1)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (1, 1, 0, 2)
      (input, output, weights, direct) = (360, 450, 500, 2.9)
    case .sse2:
      (product, unit, pixel) = (6, 2, 2)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (2, 2, 0, 2)
      (input, output, weights, direct) = (720, 900, 260, 5)
    case .neon:
      (product, unit, pixel) = (4, 2, 0.25)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (2, 1, 1, 1)
      (input, output, weights, direct) = (720, 900, 260, 3.9)
    }
  }

  func fits(pixels: Int, channels: Int) -> Bool {
    let units = channels / 8
    return pixels * units * sumRegisters + units * unitRegisters + pixels * pixelRegisters + otherRegisters <= registers
  }

  /// Of all planes of some tiles with one block of channels.
  func row(tiles: Int, pixels: Int, channels: Int, depth: Int) -> Double {
    let units = Double(channels / 8)
    func tile(_ pixels: Int) -> Double {
      let sums = Double(pixels) * units
      let step = product * sums + unit * units + pixel * Double(pixels)
      return Double(depth.roundedUp(toMultipleOf: 16) / 2) * step + 4 * sums + 20
    }
    let edge = tiles % pixels
    return Double(ByteWinogradSchedule.winograd.planes)
      * (Double(tiles / pixels) * tile(pixels) + (edge > 0 ? tile(edge) : 0))
  }

  func instructions(_ work: WinogradWork, _ schedule: ByteWinogradSchedule) -> Double {
    let tiles = ByteWinogradSchedule.winograd.tiles(work)
    let blocks = work.outputChannels.dividedRoundingUp(by: schedule.channels)
    let passes = tiles.dividedRoundingUp(by: schedule.blockTiles)
    let vectors = work.inputChannels.dividedRoundingUp(by: 16)
    return Double(blocks)
      * row(tiles: tiles, pixels: schedule.pixels, channels: schedule.channels, depth: work.inputChannels)
      + Double(tiles) * (input * Double(vectors) + output * Double(work.outputChannels.dividedRoundingUp(by: 8)))
      + weights * Double(passes * vectors * blocks * schedule.channels)
  }

  func directInstructions(_ work: WinogradWork, _ products: ByteProducts) -> Double {
    (products == .narrowPairs ? narrow : direct) * Double(work.images * work.rows * work.columns * work.outputChannels)
      * Double(9 * work.inputChannels) / 16
  }
}
