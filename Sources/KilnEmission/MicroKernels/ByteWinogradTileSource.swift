import KilnKernels

/// A tile of a Winograd convolution of numbers of 8 bits, as source: every unit of sums a named local, every tile a pointer.
struct ByteWinogradTileSource {
  /// The tile.
  let tile: ByteWinogradTileShape

  private var units: Int { tile.channels / 8 }
  private var output: String { tile.types.output.swiftName }

  /// The file's text.
  var text: String {
    var source = SourceText()
    source.line("/// \(tile.pixels) tiles x \(tile.channels) output channels of Winograd's products in 16 bits.")
    source.block("enum \(tile.name): ByteWinogradTile") {
      $0.line("typealias Input = \(tile.types.input.swiftName)")
      $0.line("static var pixels: Int { \(tile.pixels) }")
      $0.line("static var channels: Int { \(tile.channels) }")
      $0.line()
      multiply(&$0)
      for count in [nil, "count"] {
        $0.line()
        store(&$0, count: count)
      }
    }
    return source.text
  }

  private func multiply(_ source: inout SourceText) {
    source.line("@inline(never)")
    source.line("static func multiply(")
    source.line(
      "  _ x: UnsafePointer<Int16>, step: Int, _ weights: UnsafePointer<Int16>, _ sums: UnsafeMutablePointer<Int32>,")
    source.line("  depth: Int")
    source.block(")") {
      for pixel in 0..<tile.pixels {
        $0.line("let pixel\(pixel) = \(pixel == 0 ? "x" : "ownRegister(pixel\(pixel - 1) + step)")")
      }
      for sum in sums { $0.line("var \(sum.name) = loadWideSums(sums + \(sum.offset))") }
      $0.line("var weight = weights")
      $0.line("var i = 0")
      $0.block("while i < depth") {
        switch tile.layout {
        case .pairs: pairs(&$0)
        case .single: lanes(&$0)
        }
      }
      for sum in sums { $0.line("storeWideSums(\(sum.name), sums + \(sum.offset))") }
    }
  }

  /// The locals of the sums, and where each lies in memory.
  private var sums: [(name: String, offset: Int)] {
    (0..<tile.pixels).flatMap { pixel in
      (0..<units).map { unit in (sum(pixel, unit), pixel * tile.channels + 8 * unit) }
    }
  }

  private func sum(_ pixel: Int, _ unit: Int) -> String { "sum\(pixel)_\(unit)" }

  /// Products of eight input channels of every tile, two at a time.
  private func pairs(_ source: inout SourceText) {
    for pair in 0..<4 {
      for unit in 0..<units {
        source.line("let weight\(pair)_\(unit) = loadWidePairs(weight + \(16 * (pair * units + unit)))")
      }
      for pixel in 0..<tile.pixels {
        source.line("let pair\(pair)_\(pixel) = loadPair(pixel\(pixel) + i + \(2 * pair))")
        for unit in 0..<units {
          let sum = sum(pixel, unit)
          source.line("\(sum) = addPair(\(sum), pair\(pair)_\(pixel), weight\(pair)_\(unit))")
        }
      }
    }
    source.line("weight += \(64 * units)")
    source.line("i &+= 8")
  }

  /// Products of eight input channels of every tile, one at a time.
  private func lanes(_ source: inout SourceText) {
    for pixel in 0..<tile.pixels { source.line("let x\(pixel) = loadWideNumbers(pixel\(pixel) + i)") }
    for lane in 0..<8 {
      for unit in 0..<units {
        source.line("let weight\(lane)_\(unit) = loadWideNumbers(weight + \(8 * (lane * units + unit)))")
        for pixel in 0..<tile.pixels {
          let sum = sum(pixel, unit)
          source.line("\(sum) = addProducts(\(sum), weight\(lane)_\(unit), x\(pixel), lane: \(lane))")
        }
      }
    }
    source.line("weight += \(64 * units)")
    source.line("i &+= 8")
  }

  /// What stores eight results, or the first of them.
  private func store(_ source: inout SourceText, count: String?) {
    source.line("@inline(__always)")
    source.line("static func store(")
    source.line(
      "  _ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, _ limits: ResultLimits, _ output: UnsafeMutablePointer<\(output)>"
        + (count == nil ? "" : ","))
    if count != nil { source.line("  count: Int") }
    source.block(")") {
      $0.line(ByteResultSource(types: tile.types).stored("sums", "multipliers", "output", count: count))
    }
  }
}
