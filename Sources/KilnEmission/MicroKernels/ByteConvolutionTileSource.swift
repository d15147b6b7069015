import KilnKernels
import KilnMachine

/// A tile of a convolution of numbers of 8 bits, as source: every unit of sums a named local, every pixel a pointer.
struct ByteConvolutionTileSource {
  /// How the innermost loop multiplies, and with it how many elements of every pixel it takes a turn.
  private enum Turn {
    /// Sixteen, by dot products with a lane of a register that holds them.
    case lanes
    /// Sixteen, widened to 16 bits in memory, from where any two are in all lanes of a register at the cost of a load.
    case widened
    /// Eight, two in all lanes of a register at a time.
    case pairs
    case four

    init(_ products: ByteProducts, _ target: Target) {
      switch (target.instructionSet, products) {
      case (.neon, .quads): self = .lanes
      case (.neon, .pairs): self = .pairs
      case (.avx2, .pairs): self = .widened
      case (.neon, .narrowPairs), (.avx2, .quads), (.avx2, .narrowPairs), (.avx512, _), (.sse2, _): self = .four
      }
    }

    var elements: Int {
      switch self {
      case .lanes, .widened: 16
      case .pairs: 8
      case .four: 4
      }
    }
  }

  /// The tile.
  let tile: ByteConvolutionTileShape
  private let turn: Turn
  /// Whether weights are read while those before are multiplied.
  private let readsAhead: Bool

  /// The source of a tile for a machine.
  init(_ tile: ByteConvolutionTileShape, target: Target) {
    self.tile = tile
    turn = Turn(tile.products, target)
    readsAhead = target.model.pipeline.loadsHalves
  }

  private var pixels: Int { tile.pixels }
  private var lanes: Int { tile.lanes }
  /// Whether a run is as long as a turn of the innermost loop.
  private var hasTurns: Bool { tile.runs.hasSixteen || tile.runs.remainder >= turn.elements }
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
      $0.line(
        "  _ input: UnsafePointer<\(input)>, _ panel: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<\(output)>,")
      $0.line("  columns: Int, _ geometry: UnsafePointer<ConvolutionGeometry>")
      $0.block(")") { body(&$0) }
    }
    return source.text
  }

  private func body(_ source: inout SourceText) {
    if tile.types.output != .float32 { source.line("let limits = ResultLimits(panel)") }
    if hasTurns { source.line("let length = geometry.pointee.segmentLength") }
    source.line("let pixelStep = geometry.pointee.input.pixel")
    source.line("let outputStep = geometry.pointee.output.pixel")
    if turn == .widened {
      source.line("var memory = WidenedPixels()")
      source.block("withWidened(&memory)", taking: "widened, pairs") { tiles(&$0) }
    } else {
      tiles(&source)
    }
  }

  /// One tile after the other.
  private func tiles(_ source: inout SourceText) {
    source.line("var x = input")
    source.line("var y = output")
    source.line("var left = columns")
    source.block("while left > 0") {
      initialSums(&$0)
      reduction(&$0)
      finish(&$0)
      $0.line("x += \(pixels) &* pixelStep")
      $0.line("y += \(pixels) &* outputStep")
      $0.line("left &-= \(pixels)")
    }
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
    guard !tile.runs.isSingle else { return run(&source, from: "x") }
    source.line("var rowStart = x")
    source.line("var rowsLeft = geometry.pointee.kernelRows")
    source.block("while rowsLeft > 0") {
      $0.line("var segment = rowStart")
      $0.line("var segmentsLeft = geometry.pointee.segments")
      $0.block("while segmentsLeft > 0") {
        run(&$0, from: "segment")
        $0.line("segment += geometry.pointee.segmentStep")
        $0.line("segmentsLeft &-= 1")
      }
      $0.line("rowStart += geometry.pointee.kernelRowStep")
      $0.line("rowsLeft &-= 1")
    }
  }

  /// A run of every pixel: whole turns, and what is left of it in steps of known sizes.
  private func run(_ source: inout SourceText, from start: String) {
    for pixel in 0..<pixels {
      let address = pixel == 0 ? start : "ownRegister(pixel\(pixel - 1) + pixelStep)"
      source.line("let pixel\(pixel) = \(address)")
    }
    if let length = tile.runs.shortLength { return shortRun(&source, length) }
    let rest = tile.runs.remainder % turn.elements
    if hasTurns { turns(&source, rest: rest) }
    // The last elements are read with those before where they are less than four, and widened as sixteen.
    if turn == .widened, hasTurns, rest > 0 {
      let fours = stride(from: 0, to: rest, by: 4).map { min($0, rest - 4) + 16 - rest }
      widened(&source, at: rest - 16, fours: fours)
      source.line("weight += \(fours.count * quadByteCount)")
      return
    }
    var first = 0
    while first < rest {
      let count = turn == .lanes && rest - first >= 8 ? 8 : 4
      let place = min(first, rest - 4)
      switch turn {
      case .lanes: inLanes(&source, elements: count, named: "rest\(first)_", at: place)
      case .pairs: pairs(&source, elements: 4, named: "rest\(first)_") { "loadQuad(\(elements($0, place)))" }
      case .widened, .four: fourElements(&source, at: place)
      }
      source.line("weight += \(count / 4 * quadByteCount)")
      first += count
    }
  }

  private func turns(_ source: inout SourceText, rest: Int) {
    source.line("var i = 0")
    source.block("while i < \(rest == 0 ? "length" : "length &- \(rest)")") {
      switch turn {
      case .lanes: inLanes(&$0, elements: 16, named: "x", at: 0)
      case .widened: widened(&$0, at: 0, fours: [0, 4, 8, 12])
      case .pairs: pairs(&$0, elements: 8, named: "x") { "loadPairs(pixel\($0) + i)" }
      case .four: fourElements(&$0, at: 0)
      }
      $0.line("weight += \(turn.elements / 4 * quadByteCount)")
      $0.line("i &+= \(turn.elements)")
    }
  }

  /// The address of elements of a pixel, counted from those that the loop has come to.
  private func elements(_ pixel: Int, _ offset: Int) -> String {
    let start = "pixel\(pixel)\(hasTurns ? " + i" : "")"
    return offset == 0 ? start : "\(start) \(offset < 0 ? "-" : "+") \(abs(offset))"
  }

  /// Products of eight elements of every pixel, or four, with a unit of weights for two pixels at a time.
  ///
  /// A core in order reads each unit but the first while it multiplies by the one before.
  private func pairs(
    _ source: inout SourceText, elements: Int, named name: String, _ loaded: (_ pixel: Int) -> String
  ) {
    for pixel in 0..<pixels {
      let input = tile.types.input.swiftName
      source.line(
        "let \(name)\(pixel) = \(elements == 8 ? loaded(pixel) : "pairs(\(loaded(pixel)), of: \(input).self)")")
    }
    let steps = (0..<elements / 4).flatMap { quad in (0..<units).map { (quad, $0) } }
    func unitAddress(_ step: (quad: Int, unit: Int)) -> String {
      address("weight", step.quad * quadByteCount + 4 * lanes * step.unit)
    }
    if readsAhead { source.line("var \(name)Unit = PairUnit(\(unitAddress(steps[0])))") }
    for (index, (quad, unit)) in steps.enumerated() {
      let lanes = [2 * quad, 2 * quad + 1]
      if unit == 0 {
        for pixel in 0..<pixels {
          for lane in lanes { source.line("let \(name)\(pixel)_\(lane) = pair(\(name)\(pixel), lane: \(lane))") }
        }
      }
      if !readsAhead {
        source.line("let \(name)Unit\(quad)_\(unit) = PairUnit(\(unitAddress((quad, unit))))")
      }
      for first in stride(from: 0, to: pixels, by: 2) {
        let pixels = first..<min(first + 2, self.pixels)
        let sums = pixels.map { "&sum\($0)_\(unit)" }
        let numbers = pixels.flatMap { pixel in lanes.map { "\(name)\(pixel)_\($0)" } }
        let operands = (sums + numbers).joined(separator: ", ")
        let readsNext = readsAhead && pixels.upperBound == self.pixels && index + 1 < steps.count
        let weights = readsAhead ? "\(readsNext ? "&" : "")\(name)Unit" : "\(name)Unit\(quad)_\(unit)"
        let next = readsNext ? ", next: \(unitAddress(steps[index + 1]))" : ""
        source.line("addPairs(\(operands), \(weights), isWide: \(tile.types.isWide)\(next))")
      }
    }
  }

  /// Dot products of some elements of every pixel, each four by a lane of what is loaded into a local of the name.
  private func inLanes(_ source: inout SourceText, elements: Int, named name: String, at place: Int) {
    for pixel in 0..<pixels {
      source.line(
        "let \(name)\(pixel) = loadQuads\(elements == 16 ? "" : "Of\(elements)")(\(self.elements(pixel, place)))")
    }
    for lane in 0..<elements / 4 {
      for pixel in 0..<pixels {
        for unit in 0..<units {
          let weight = address("weight", lane * quadByteCount + 4 * lanes * unit)
          source.line("sum\(pixel)_\(unit) = addQuads(sum\(pixel)_\(unit), \(name)\(pixel), lane: \(lane), \(weight))")
        }
      }
    }
  }

  /// Products of elements of every pixel, two at a time.
  ///
  /// - Parameters:
  ///   - place: where the sixteen begin that are widened.
  ///   - fours: where each four that are multiplied begin among those.
  private func widened(_ source: inout SourceText, at place: Int, fours: [Int]) {
    for pixel in 0..<pixels {
      source.line("widenNumbers(\(elements(pixel, place)), to: widened + \(16 * pixel))")
    }
    for pair in 0..<2 * fours.count {
      for unit in 0..<units {
        let weight = address("weight", pair / 2 * quadByteCount + 4 * lanes * unit + pair % 2 * 2 * lanes)
        source.line("let weight\(pair)_\(unit) = loadPairs(\(weight))")
      }
      for pixel in 0..<pixels {
        let numbers = 16 * pixel + fours[pair / 2] + pair % 2 * 2
        source.line("let pair\(pair)_\(pixel) = loadPair(pairs + \(numbers))")
        for unit in 0..<units {
          source.line(
            "sum\(pixel)_\(unit) = addPair(sum\(pixel)_\(unit), pair\(pair)_\(pixel), weight\(pair)_\(unit))")
        }
      }
    }
  }

  /// Products of four elements of every pixel.
  private func fourElements(_ source: inout SourceText, at place: Int) {
    for pixel in 0..<pixels {
      let quad = "loadQuad(\(elements(pixel, place)))"
      for unit in 0..<units { source.line(added(pixel, unit, quad)) }
    }
  }

  /// One to three elements: weights for more are there, but memory may end here.
  private func shortRun(_ source: inout SourceText, _ length: Int) {
    func rest(_ pixel: Int) -> String { "loadRest(pixel\(pixel), count: \(length))" }
    if turn == .pairs {
      pairs(&source, elements: 4, named: "x", rest)
    } else {
      for pixel in 0..<pixels {
        source.line("let quad\(pixel) = \(rest(pixel))")
        for unit in 0..<units { source.line(added(pixel, unit, "quad\(pixel)")) }
      }
    }
    source.line("weight += \(quadByteCount)")
  }

  /// A unit's sums with the products of four elements.
  private func added(_ pixel: Int, _ unit: Int, _ quad: String) -> String {
    let (sum, weight) = ("sum\(pixel)_\(unit)", address("weight", 4 * lanes * unit))
    let function =
      switch tile.products {
      case .quads: "addQuads"
      case .pairs: "addPairs"
      case .narrowPairs: "addNarrowPairs"
      }
    return "\(sum) = \(function)(\(sum), \(quad), of: \(tile.types.input.swiftName).self, \(weight))"
  }

  private func finish(_ source: inout SourceText) {
    for unit in 0..<units {
      source.line(
        "let multiplier\(unit) = loadSumNumbers(panel + \(ByteTileTypes.headByteCount + 4 * lanes * (units + unit)))")
    }
    for pixel in 0..<pixels {
      source.line("let result\(pixel) = \(pixel == 0 ? "y" : "result\(pixel - 1) + outputStep")")
      for unit in 0..<units {
        let rest = tile.channels - unit * lanes
        source.line(
          results.stored(
            "sum\(pixel)_\(unit)", "multiplier\(unit)", address("result\(pixel)", unit * lanes),
            count: rest < lanes ? "\(rest)" : nil))
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
  ///
  /// - Parameter limits: the name of the `ResultLimits`.
  func stored(
    _ sums: String, _ multipliers: String, _ address: String, count: String?, limits: String = "limits"
  ) -> String {
    let rest = count.map { ", count: \($0)" } ?? ""
    guard types.output != .float32 else { return "storeReals(\(sums), \(multipliers), \(address)\(rest))" }
    let arguments =
      switch types.rounding {
      case .converted: "zeroPoint: \(limits).zeroPoint"
      case .shifted: "shift: \(limits).shift, zeroPoint: \(limits).zeroPoint"
      case .shiftedWithZero: "shift: \(limits).shift"
      }
    let results = "requantize(\(sums), \(multipliers), \(arguments))"
    let limited = types.isClamped ? "\(limits).limited(\(results))" : results
    return "storeResults(\(limited), \(address)\(rest))"
  }
}
