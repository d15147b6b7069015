import KilnKernels

/// A tile of a depthwise convolution of numbers of 8 bits, as source: all taps written out, their weights in named locals.
struct ByteDepthwiseTileSource {
  /// The tile.
  let tile: ByteDepthwiseTileShape

  private var lanes: Int { ByteDepthwiseTileShape.lanes }
  private var kernel: DepthwiseTileShape.Kernel { tile.kernel }
  private var input: String { tile.types.input.swiftName }
  private var results: ByteResultSource { ByteResultSource(types: tile.types) }
  /// Channels that are stored, if not all.
  private var storedCount: String? { tile.channels < lanes ? "\(tile.channels)" : nil }
  /// An argument of loads of some channels only.
  private var loadedCount: String { storedCount.map { ", count: \($0)" } ?? "" }
  private let biases = ByteTileTypes.headByteCount
  private var multipliers: Int { biases + 4 * lanes }
  private var weights: Int { biases + 8 * lanes }

  /// The file's text.
  var text: String {
    var source = SourceText()
    let output = tile.types.output.swiftName
    source.line("/// \(tile.channels) channels of 8 bits, each convolved with \(kernel.rows)x\(kernel.columns).")
    source.block("enum \(tile.name): ByteDepthwiseTile") {
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line("  _ input: UnsafePointer<\(input)>, _ panel: UnsafePointer<UInt8>, _: UnsafePointer<\(output)>,")
      $0.line("  _ output: UnsafeMutablePointer<\(output)>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>")
      $0.block(")") {
        switch tile.products {
        case .pairs(let pixels, _): pairs(&$0, pixels: pixels)
        case .columns(let stride, isPaired: false): columns(&$0, stride: stride)
        case .columns(let stride, isPaired: true):
          $0.line("var memory = WidenedPixels()")
          $0.block("withWidened(&memory)", taking: "widened, weights") { columns(&$0, stride: stride) }
        }
      }
    }
    return source.text
  }

  // MARK: Pairs of taps

  private var taps: Int { kernel.rows * kernel.columns }
  private var pairCount: Int { taps.dividedRoundingUp(by: 2) }

  private func pairs(_ source: inout SourceText, pixels: Int) {
    source.line("let bias = loadSixteenSums(panel + \(biases))")
    source.line("let multiplier = loadSixteenNumbers(panel + \(multipliers))")
    for pair in 0..<pairCount { source.line("let weight\(pair) = loadTapPair(panel + \(weights + 2 * lanes * pair))") }
    if kernel.columns > 1 { source.line("let tapStep = geometry.pointee.kernelColumnStep") }
    source.line("let inputStep = geometry.pointee.input.pixel")
    source.line("let outputStep = geometry.pointee.output.pixel")
    source.line("var x = input")
    source.line("var y = output")
    source.line("var left = columns")
    if pixels > 1 { source.block("while left >= \(pixels)") { group(&$0, pixels: pixels) } }
    source.block("while left > 0") { group(&$0, pixels: 1) }
  }

  /// Computes and stores neighbouring pixels, and moves on.
  private func group(_ source: inout SourceText, pixels: Int) {
    for pixel in 0..<pixels {
      source.line("var sum\(pixel) = bias")
      for row in 0..<kernel.rows {
        let first = pixel == 0 ? "x" : "x + \(pixel) &* inputStep"
        let address = row == 0 ? first : "row\(pixel)_\(row - 1) + geometry.pointee.kernelRowStep"
        source.line("let row\(pixel)_\(row) = \(address)")
      }
    }
    for pair in 0..<pairCount {
      for pixel in 0..<pixels {
        let elements = (2 * pair...2 * pair + 1).map { tap -> String in
          guard tap < taps else { return "SIMD16()" }
          let (row, column) = (tap / kernel.columns, tap % kernel.columns)
          let step = column == 0 ? "" : column == 1 ? " + tapStep" : " + \(column) &* tapStep"
          return "loadBytes(row\(pixel)_\(row)\(step)\(loadedCount))"
        }
        source.line("sum\(pixel) = addTaps(")
        source.line("  sum\(pixel), \(elements[0]), \(elements[1]),")
        source.line("  weight\(pair), of: \(input).self, isWide: \(tile.types.isWide))")
      }
    }
    limits(&source)
    for pixel in 0..<pixels {
      source.line(
        results.stored(
          "sum\(pixel)", "multiplier", pixel == 0 ? "y" : "y + \(pixel) &* outputStep", count: storedCount))
    }
    source.line("x += \(pixels) &* inputStep")
    source.line("y += \(pixels) &* outputStep")
    source.line("left &-= \(pixels)")
  }

  // MARK: Columns

  /// Columns are read once, each into the local of the column before that no pixel sees any more: after as many pixels as the kernel has
  /// columns the names are the same again.
  private func columns(_ source: inout SourceText, stride: Int) {
    if isPaired {
      for sixteen in 0..<4 * kernel.columns {
        source.line("widenWeights(panel + \(weights + lanes * sixteen), to: widened + \(lanes * sixteen))")
      }
    } else {
      for column in 0..<kernel.columns {
        source.line("let weight\(column) = loadSixteenSums(panel + \(weights + 4 * lanes * column))")
      }
    }
    source.line("let columnStep = geometry.pointee.kernelColumnStep")
    source.line("let outputStep = geometry.pointee.output.pixel")
    source.line("var row0 = input")
    for row in 1..<kernel.rows { source.line("var row\(row) = row\(row - 1) + geometry.pointee.kernelRowStep") }
    source.line("var y = output")
    source.line("var left = columns")
    let kept = max(kernel.columns - stride, 0)
    for column in 0..<kernel.columns {
      let type = isPaired ? "SIMD64<Int16>" : "SIMD16<Int32>"
      source.line("var column\(column)\(column < kept ? " = \(loadedColumn)" : ": \(type)")")
      if column < kept { nextColumn(&source) }
    }
    let period = kept > 0 ? kernel.columns : 1
    source.block("while left >= \(period)") {
      for pixel in 0..<period { self.pixel(&$0, pixel, stride: stride, kept: kept) }
      $0.line("left &-= \(period)")
    }
    rest(&source, pixel: 0, of: period - 1, stride: stride, kept: kept)
  }

  /// The pixels that are left, `count` at most.
  private func rest(_ source: inout SourceText, pixel: Int, of count: Int, stride: Int, kept: Int) {
    guard pixel < count else { return }
    source.block("if left > \(pixel)") {
      self.pixel(&$0, pixel, stride: stride, kept: kept)
      rest(&$0, pixel: pixel + 1, of: count, stride: stride, kept: kept)
    }
  }

  /// One pixel: reads the columns that the pixel before doesn't see.
  private func pixel(_ source: inout SourceText, _ pixel: Int, stride: Int, kept: Int) {
    func name(_ column: Int) -> String {
      "column\(kept > 0 ? (pixel * stride + column) % kernel.columns : column)"
    }
    for column in kept..<kernel.columns {
      source.line("\(name(column)) = \(loadedColumn)")
      nextColumn(&source)
    }
    // Columns that no pixel sees.
    for _ in 0..<max(stride - kernel.columns, 0) { nextColumn(&source) }
    source.line("var sum\(pixel) = loadSixteenSums(panel + \(biases))")
    for column in 0..<kernel.columns {
      let operands = "sum\(pixel), \(name(column))"
      let products =
        isPaired
        ? "addRowPairs(\(operands), weights + \(4 * lanes * column))" : "addColumn(\(operands), weight\(column))"
      source.line("sum\(pixel) = \(products)")
    }
    limits(&source, after: "\(pixel)")
    source.line(
      results.stored(
        "sum\(pixel)", "loadSixteenNumbers(panel + \(multipliers))", "y", count: storedCount, limits: "limits\(pixel)"))
    source.line("y += outputStep")
  }

  /// Reads a result's limits anew: there are no registers to keep them in.
  private func limits(_ source: inout SourceText, after suffix: String = "") {
    source.line("let limits\(suffix) = ResultLimits(panel)")
  }

  /// Whether the products of a column are taken two at a time, of weights that are widened to 16 bits first.
  private var isPaired: Bool {
    switch tile.products {
    case .pairs: false
    case .columns(_, let isPaired): isPaired
    }
  }

  private var loadedColumn: String {
    let rows = (0..<4).map { "row\(min($0, kernel.rows - 1))" }
    return "\(isPaired ? "loadRowPairs" : "loadColumn")(\(rows.joined(separator: ", "))\(loadedCount))"
  }

  private func nextColumn(_ source: inout SourceText) {
    for row in 0..<kernel.rows { source.line("row\(row) += columnStep") }
  }
}
