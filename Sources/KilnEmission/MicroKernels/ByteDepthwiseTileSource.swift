import KilnKernels

/// A tile of a depthwise convolution of numbers of 8 bits, as source: all taps written out in pairs, their weights in named locals.
struct ByteDepthwiseTileSource {
  /// The tile.
  let tile: ByteDepthwiseTileShape

  private var lanes: Int { ByteDepthwiseTileShape.lanes }
  private var taps: Int { tile.kernel.rows * tile.kernel.columns }
  private var pairs: Int { taps.dividedRoundingUp(by: 2) }
  private var input: String { tile.types.input.swiftName }

  /// The file's text.
  var text: String {
    var source = SourceText()
    let output = tile.types.output.swiftName
    source.line(
      "/// \(tile.channels) channels of 8 bits, each convolved with \(tile.kernel.rows)x\(tile.kernel.columns).")
    source.block("enum \(tile.name): ByteDepthwiseTile") {
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line("  _ input: UnsafePointer<\(input)>, _ panel: UnsafePointer<UInt8>, _: UnsafePointer<\(output)>,")
      $0.line("  _ output: UnsafeMutablePointer<\(output)>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>")
      $0.block(")") { body(&$0) }
    }
    return source.text
  }

  private func body(_ source: inout SourceText) {
    source.line("let limits = ResultLimits(panel)")
    source.line("let bias = loadSixteenSums(panel + \(ByteTileTypes.headByteCount))")
    source.line("let multiplier = loadSixteenNumbers(panel + \(ByteTileTypes.headByteCount + 4 * lanes))")
    for pair in 0..<pairs {
      source.line(
        "let weight\(pair) = loadTapPair(panel + \(ByteTileTypes.headByteCount + 8 * lanes + 2 * lanes * pair))")
    }
    if tile.kernel.columns > 1 { source.line("let tapStep = geometry.pointee.kernelColumnStep") }
    source.line("let inputStep = geometry.pointee.input.pixel")
    source.line("let outputStep = geometry.pointee.output.pixel")
    source.line("var x = input")
    source.line("var y = output")
    source.line("var left = columns")
    if tile.pixels > 1 { source.block("while left >= \(tile.pixels)") { group(&$0, pixels: tile.pixels) } }
    source.block("while left > 0") { group(&$0, pixels: 1) }
  }

  /// Computes and stores neighbouring pixels, and moves on.
  private func group(_ source: inout SourceText, pixels: Int) {
    for pixel in 0..<pixels {
      source.line("var sum\(pixel) = bias")
      for row in 0..<tile.kernel.rows {
        let first = pixel == 0 ? "x" : "x + \(pixel) &* inputStep"
        let address = row == 0 ? first : "row\(pixel)_\(row - 1) + geometry.pointee.kernelRowStep"
        source.line("let row\(pixel)_\(row) = \(address)")
      }
    }
    let count = tile.channels < lanes ? ", count: \(tile.channels)" : ""
    for pair in 0..<pairs {
      for pixel in 0..<pixels {
        let elements = (2 * pair...2 * pair + 1).map { tap -> String in
          guard tap < taps else { return "SIMD16()" }
          let (row, column) = (tap / tile.kernel.columns, tap % tile.kernel.columns)
          let step = column == 0 ? "" : column == 1 ? " + tapStep" : " + \(column) &* tapStep"
          return "loadBytes(row\(pixel)_\(row)\(step)\(count))"
        }
        source.line("sum\(pixel) = addTaps(")
        source.line("  sum\(pixel), \(elements[0]), \(elements[1]),")
        source.line("  weight\(pair), of: \(input).self, isWide: \(tile.types.isWide))")
      }
    }
    for pixel in 0..<pixels {
      source.line(
        ByteResultSource(types: tile.types).stored(
          "sum\(pixel)", "multiplier", pixel == 0 ? "y" : "y + \(pixel) &* outputStep",
          count: tile.channels < lanes ? tile.channels : nil))
    }
    source.line("x += \(pixels) &* inputStep")
    source.line("y += \(pixels) &* outputStep")
    source.line("left &-= \(pixels)")
  }
}
