import KilnKernels
import KilnMachine

/// A tile of a convolution of numbers of 8 bits, as source: every unit of sums a named local, every pixel a pointer.
///
/// The innermost loop takes four input elements of every pixel a turn, or sixteen where the machine has dot products by lane.
struct ByteConvolutionTileSource {
  /// The tile.
  let tile: ByteConvolutionTileShape
  private let usesLanes: Bool
  private let unrollsPairs: Bool

  /// The source of a tile for a machine.
  init(_ tile: ByteConvolutionTileShape, target: Target) {
    self.tile = tile
    usesLanes = target.instructionSet == .neon && tile.products == .quads
    // Where few instructions begin in a cycle, those of the loop itself count.
    unrollsPairs = target.instructionSet == .neon && tile.products == .pairs
  }

  private var pixels: Int { tile.pixels }
  private var lanes: Int { tile.lanes }
  private var units: Int { tile.channels.dividedRoundingUp(by: lanes) }
  private var results: ByteResultSource { ByteResultSource(types: tile.types) }
  /// Bytes of four elements' weights.
  private var quadByteCount: Int { 4 * units * lanes }

  /// The file's text.
  var text: String {
    var source = SourceText()
    let (input, output) = (tile.types.input.swiftName, tile.types.output.swiftName)
    source.line("/// \(pixels) output pixels x \(tile.channels) output channels of 8 bits.")
    source.block("enum \(tile.name): ByteConvolutionTile") {
      $0.line("static var pixels: Int { \(pixels) }")
      $0.line("static var channels: Int { \(tile.channels) }")
      $0.line()
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line("  _ input: UnsafePointer<\(input)>, _ panel: UnsafePointer<UInt8>, _: UnsafePointer<\(output)>,")
      $0.line("  _ output: UnsafeMutablePointer<\(output)>, _ geometry: UnsafePointer<ConvolutionGeometry>,")
      $0.line("  ahead _: UnsafePointer<UInt8>")
      $0.block(")") {
        initialSums(&$0)
        reduction(&$0)
        finish(&$0)
      }
    }
    return source.text
  }

  private func initialSums(_ source: inout SourceText) {
    for unit in 0..<units {
      source.line("let bias\(unit) = loadSums(panel + \(ByteTileTypes.headByteCount + 4 * lanes * unit))")
    }
    for pixel in 0..<pixels {
      for unit in 0..<units { source.line("var sum\(pixel)_\(unit) = bias\(unit)") }
    }
  }

  private func reduction(_ source: inout SourceText) {
    source.line("var weight = panel + \(ByteTileTypes.headByteCount + 8 * lanes * units)")
    if pixels > 1 { source.line("let pixelStep = geometry.pointee.input.pixel") }
    source.line("let length = geometry.pointee.segmentLength")
    source.line("var rowStart = input")
    source.line("var rowsLeft = geometry.pointee.kernelRows")
    source.block("while rowsLeft > 0") {
      $0.line("var segment = rowStart")
      $0.line("var segmentsLeft = geometry.pointee.segments")
      $0.block("while segmentsLeft > 0") {
        for pixel in 0..<pixels {
          $0.line("let pixel\(pixel) = \(pixel == 0 ? "segment" : "ownRegister(pixel\(pixel - 1) + pixelStep)")")
        }
        $0.line("var i = 0")
        if usesLanes { $0.block("while i &+ 16 <= length") { sixteenElements(&$0) } }
        if unrollsPairs {
          $0.block("while i &+ 8 <= length") {
            fourElements(&$0, from: 0)
            fourElements(&$0, from: 4)
            advance(&$0, by: 8)
          }
        }
        $0.block("while i &+ 4 <= length") {
          fourElements(&$0, from: 0)
          advance(&$0, by: 4)
        }
        $0.block("if i < length") { lastElements(&$0) }
        $0.line("segment += geometry.pointee.segmentStep")
        $0.line("segmentsLeft &-= 1")
      }
      $0.line("rowStart += geometry.pointee.kernelRowStep")
      $0.line("rowsLeft &-= 1")
    }
  }

  private func sixteenElements(_ source: inout SourceText) {
    for pixel in 0..<pixels { source.line("let x\(pixel) = loadQuads(pixel\(pixel) + i)") }
    for lane in 0..<4 {
      for pixel in 0..<pixels {
        for unit in 0..<units {
          let weight = address("weight", lane * quadByteCount + 4 * lanes * unit)
          source.line("sum\(pixel)_\(unit) = addQuads(sum\(pixel)_\(unit), x\(pixel), lane: \(lane), \(weight))")
        }
      }
    }
    source.line("weight += \(4 * quadByteCount)")
    source.line("i &+= 16")
  }

  private func fourElements(_ source: inout SourceText, from first: Int) {
    func elements(_ pixel: Int) -> String { address("pixel\(pixel) + i", first) }
    if tile.products == .quads {
      for pixel in 0..<pixels {
        source.line("let quad\(pixel) = loadQuad(\(elements(pixel)))")
        for unit in 0..<units { source.line(added(pixel, unit, elements(pixel), after: first)) }
      }
    } else {
      // A unit's weights take two registers, where each pixel's elements are in two all the time.
      for unit in 0..<units {
        for pixel in 0..<pixels { source.line(added(pixel, unit, elements(pixel), after: first)) }
      }
    }
  }

  private func advance(_ source: inout SourceText, by elements: Int) {
    source.line("weight += \(elements / 4 * quadByteCount)")
    source.line("i &+= \(elements)")
  }

  /// One to three elements: weights for four are there, but memory may end here.
  private func lastElements(_ source: inout SourceText) {
    for pixel in 0..<pixels {
      source.line("let quad\(pixel) = loadRest(pixel\(pixel) + i, count: length &- i)")
      for unit in 0..<units { source.line(added(pixel, unit)) }
    }
    source.line("weight += \(quadByteCount)")
  }

  /// The products of four elements: those at an address, or what is left of a run.
  private func added(_ pixel: Int, _ unit: Int, _ elements: String? = nil, after first: Int = 0) -> String {
    let (sum, weight) = ("sum\(pixel)_\(unit)", address("weight", first / 4 * quadByteCount + 4 * lanes * unit))
    let type = "of: \(tile.types.input.swiftName).self"
    switch tile.products {
    case .quads: return "\(sum) = addQuads(\(sum), quad\(pixel), \(type), \(weight))"
    case .pairs:
      let numbers = elements ?? "rest: quad\(pixel), \(type)"
      return "\(sum) = addPairs(\(sum), \(numbers), \(weight), isWide: \(tile.types.isWide))"
    }
  }

  private func finish(_ source: inout SourceText) {
    source.line("let limits = ResultLimits(panel)")
    for unit in 0..<units {
      source.line(
        "let multiplier\(unit) = loadSumNumbers(panel + \(ByteTileTypes.headByteCount + 4 * lanes * (units + unit)))")
    }
    for pixel in 0..<pixels {
      source.line(
        "let result\(pixel) = \(pixel == 0 ? "output" : "result\(pixel - 1) + geometry.pointee.output.pixel")")
      for unit in 0..<units {
        let rest = tile.channels - unit * lanes
        source.line(
          results.stored(
            "sum\(pixel)_\(unit)", "multiplier\(unit)", address("result\(pixel)", unit * lanes),
            count: rest < lanes ? rest : nil))
      }
    }
  }

  private func address(_ pointer: String, _ offset: Int) -> String { offset == 0 ? pointer : "\(pointer) + \(offset)" }
}

/// What becomes of a unit of sums, as source.
struct ByteResultSource {
  /// Elements and results.
  let types: ByteTileTypes

  /// Source that stores a unit's results, or the first of them.
  func stored(_ sums: String, _ multipliers: String, _ address: String, count: Int?) -> String {
    let results = "requantize(\(sums), \(multipliers), zeroPoint: limits.zeroPoint)"
    let limited = types.isClamped ? "limits.limited(\(results))" : results
    return "storeResults(\(limited), \(address)\(count.map { ", count: \($0)" } ?? ""))"
  }
}
