import KilnGraph
import KilnKernels
import KilnMachine

/// What the cost model assumes of convolutions of numbers of 8 bits when it chooses their register tiles: instructions of a step of the
/// innermost loop, which takes four input elements of every pixel.
private struct ByteTileCosts {
  /// For a unit of channels of a pixel, for a unit, and for a pixel.
  var product: Double
  var unit: Double
  var pixel: Double
  /// Vector registers for the sums of a unit of a pixel, for a unit's weights, for a pixel, and for the rest.
  var sumRegisters: Int
  var unitRegisters: Int
  var pixelRegisters: Int
  var otherRegisters: Int
  /// For a unit's results of a pixel, and for calling a tile.
  static let result = 8.0
  static let call = 30.0

  init(_ products: ByteProducts, _ target: Target) {
    switch (target.instructionSet, products) {
    case (.neon, .quads):
      (product, unit, pixel) = (2, 1, 0.25)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (2, 2, 1, 0)
    case (.neon, .pairs):
      (product, unit, pixel) = (6, 1, 2.25)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (2, 0, 3, 8)
    case (.avx512, .quads):
      (product, unit, pixel) = (1, 0.5, 0.5)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (1, 1, 0, 3)
    case (.avx2, .pairs):
      (product, unit, pixel) = (4, 2, 2.5)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (1, 1, 0, 2)
    case (_, .narrowPairs):
      (product, unit, pixel) = (3, 1.5, 2)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (1, 0, 0, 4)
    case (_, .quads), (.avx512, .pairs):
      (product, unit, pixel) = (4, 2, 4)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (1, 0, 2, 3)
    case (.sse2, .pairs):
      (product, unit, pixel) = (8, 4, 4)
      (sumRegisters, unitRegisters, pixelRegisters, otherRegisters) = (2, 0, 2, 5)
    }
  }

  func fits(pixels: Int, units: Int, registers: Int) -> Bool {
    pixels * units * sumRegisters + units * unitRegisters + pixels * pixelRegisters + otherRegisters <= registers
  }

  func row(columns: Int, pixels: Int, units: Int, steps: Int) -> Double {
    func tile(_ pixels: Int) -> Double {
      let step = product * Double(pixels * units) + unit * Double(units) + pixel * Double(pixels)
      return Double(steps) * step + Self.result * Double(pixels * units) + Self.call
    }
    let edge = columns % pixels
    return Double(columns / pixels) * tile(pixels) + (edge > 0 ? tile(edge) : 0)
  }
}

extension ConvolutionSchedule {
  /// The schedule of a convolution of numbers of 8 bits: the tiles that take the fewest instructions.
  ///
  /// - Parameter steps: turns of the innermost loop for each sum, of four products each.
  package init(ofBytes work: ConvolutionWork, steps: Int, _ products: ByteProducts, target: Target) {
    let costs = ByteTileCosts(products, target)
    let lanes = target.sumLanes
    // Where the order of a tile's instructions is fixed, the compiler needs no registers to change it.
    let isOrdered = target.instructionSet == .neon && products == .pairs
    let registers = isOrdered ? target.instructionSet.vectorRegisterCount : target.vectorRegisterCount
    let most = TileInstructions.maximumPixels(target.instructionSet)
    func best(_ units: Int) -> (pixels: Int, cost: Double) {
      let fitting = (1...min(most, work.columns)).filter {
        costs.fits(pixels: $0, units: units, registers: registers)
      }
      let rows = fitting.map { ($0, costs.row(columns: work.columns, pixels: $0, units: units, steps: steps)) }
      return rows.min { ($0.1, -$0.0) < ($1.1, -$1.0) } ?? (1, .infinity)
    }
    let all = work.channels.dividedRoundingUp(by: lanes)
    var chosen: (cost: Double, parts: [Part])?
    for units in 1...all where units == 1 || costs.fits(pixels: 1, units: units, registers: registers) {
      let whole = work.channels / (units * lanes)
      let rest = work.channels - whole * units * lanes
      var (cost, parts) = (0.0, [Part]())
      for (blocks, channels) in [(whole, units * lanes), (rest > 0 ? 1 : 0, rest)] where blocks > 0 {
        let tile = best(channels.dividedRoundingUp(by: lanes))
        parts.append(Part(channels: channels, blocks: blocks, pixels: tile.pixels))
        cost += Double(blocks) * tile.cost
      }
      if cost < chosen?.cost ?? .infinity { chosen = (cost, parts) }
    }
    parts = chosen?.parts ?? []
    // Four numbers of 8 bits take the room of one of float32.
    var bytes = work
    bytes.depth = max(1, work.depth / 4)
    (regionRows, regionColumns) = Self.region(bytes, parts: parts, target: target)
  }
}
