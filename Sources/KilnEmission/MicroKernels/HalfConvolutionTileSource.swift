import KilnKernels
import KilnMachine

/// A tile of a direct convolution of float16, as source: every accumulator a named local, every pixel a pointer.
///
/// The innermost loop takes eight input elements of every pixel a turn.
struct HalfConvolutionTileSource {
  /// The tile.
  let tile: ConvolutionTileShape
  private let finish: HalfEpilogueSource

  /// The source of a tile for a machine.
  init(_ tile: ConvolutionTileShape, target: Target) {
    self.tile = tile
    finish = HalfEpilogueSource(epilogue: tile.epilogue, channels: tile.channels, target: target)
  }

  private var pixels: Int { tile.pixels }
  private var panelWidth: Int { tile.panelWidth(vectorWidth: lanes) }
  private var isFlushed: Bool { tile.arithmetic == .flushedFloat16 }
  private var lanes: Int { HalfEpilogueSource.lanes }
  private var vectors: Int { panelWidth / lanes }

  /// The file's text.
  var text: String {
    var source = SourceText()
    let flushed = isFlushed ? ", summed up in float32 after every \(TileArithmetic.flushLength) products" : ""
    let description = tile.epilogue.description
    source.line(
      "/// \(pixels) output pixels x \(tile.channels) output channels of float16\(flushed)"
        + "\(description.isEmpty ? "" : ", then \(description)").")
    source.block("enum \(tile.name): HalfConvolutionTile") {
      $0.line("static var pixels: Int { \(pixels) }")
      $0.line("static var channels: Int { \(tile.channels) }")
      $0.line()
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line("  _ input: UnsafePointer<Float16>, _ panel: UnsafePointer<Float16>, _ addend: UnsafePointer<Float16>,")
      $0.line("  _ output: UnsafeMutablePointer<Float16>, _ geometry: UnsafePointer<ConvolutionGeometry>,")
      $0.line("  ahead _: UnsafePointer<Float16>")
      $0.block(")") {
        initialSums(&$0)
        reduction(&$0)
        results(&$0)
      }
    }
    return source.text
  }

  private func initialSums(_ source: inout SourceText) {
    for vector in 0..<vectors { source.line("let bias\(vector) = loadHalves(panel + \(vector * lanes))") }
    if isFlushed { source.line("let zero = HalfVector(repeating: 0)") }
    for pixel in 0..<pixels {
      for vector in 0..<vectors {
        if isFlushed { source.line("var total\(pixel)_\(vector) = widenHalves(bias\(vector))") }
        source.line("var sum\(pixel)_\(vector) = \(isFlushed ? "zero" : "bias\(vector)")")
      }
    }
  }

  private func reduction(_ source: inout SourceText) {
    source.line("var weight = panel + \((tile.epilogue.hasSlope ? 2 : 1) * panelWidth)")
    if pixels > 1 { source.line("let pixelStep = geometry.pointee.input.pixel") }
    source.line("let length = geometry.pointee.segmentLength")
    if isFlushed { source.line("var productsLeft = \(TileArithmetic.flushLength)") }
    source.line("var rowStart = input")
    source.line("var rowsLeft = geometry.pointee.kernelRows")
    source.block("while rowsLeft > 0") {
      $0.line("var segment = rowStart")
      $0.line("var segmentsLeft = geometry.pointee.segments")
      $0.block("while segmentsLeft > 0") {
        for pixel in 0..<pixels {
          $0.line("let pixel\(pixel) = \(pixel == 0 ? "segment" : "ownHalfRegister(pixel\(pixel - 1) + pixelStep)")")
        }
        $0.line("var i = 0")
        if isFlushed {
          $0.block("while i < length") {
            $0.block("if productsLeft == 0") {
              flush(&$0)
              for pixel in 0..<pixels {
                for vector in 0..<vectors { $0.line("sum\(pixel)_\(vector) = zero") }
              }
              $0.line("productsLeft = \(TileArithmetic.flushLength)")
            }
            $0.line("let end = min(length, i &+ productsLeft)")
            $0.line("productsLeft &-= end &- i")
            elements(&$0, end: "end")
          }
        } else {
          elements(&$0, end: "length")
        }
        $0.line("segment += geometry.pointee.segmentStep")
        $0.line("segmentsLeft &-= 1")
      }
      $0.line("rowStart += geometry.pointee.kernelRowStep")
      $0.line("rowsLeft &-= 1")
    }
    if isFlushed { flush(&source) }
  }

  private func flush(_ source: inout SourceText) {
    for pixel in 0..<pixels {
      for vector in 0..<vectors { source.line("total\(pixel)_\(vector) += widenHalves(sum\(pixel)_\(vector))") }
    }
  }

  private func elements(_ source: inout SourceText, end: String) {
    source.block("while i &+ 8 <= \(end)") {
      for pixel in 0..<pixels { $0.line("let x\(pixel) = loadHalves(pixel\(pixel) + i)") }
      for element in 0..<8 {
        for vector in 0..<vectors {
          $0.line(
            "let weight\(element)_\(vector) = loadHalves(weight + \(element * panelWidth + vector * lanes))")
        }
        for pixel in 0..<pixels {
          for vector in 0..<vectors {
            let (sum, x) = ("sum\(pixel)_\(vector)", "HalfVector(repeating: x\(pixel)[\(element)])")
            $0.line("\(sum) = addHalfProduct(\(sum), \(x), weight\(element)_\(vector))")
          }
        }
      }
      $0.line("weight += \(8 * panelWidth)")
      $0.line("i &+= 8")
    }
    source.block("while i < \(end)") {
      for vector in 0..<vectors { $0.line("let weight\(vector) = loadHalves(weight + \(vector * lanes))") }
      for pixel in 0..<pixels {
        $0.line("let x\(pixel) = HalfVector(repeating: pixel\(pixel)[i])")
        for vector in 0..<vectors {
          $0.line(
            "sum\(pixel)_\(vector) = addHalfProduct(sum\(pixel)_\(vector), x\(pixel), weight\(vector))")
        }
      }
      $0.line("weight += \(panelWidth)")
      $0.line("i &+= 1")
    }
  }

  private func results(_ source: inout SourceText) {
    if tile.epilogue.hasSlope {
      for vector in 0..<vectors {
        source.line("let slope\(vector) = loadHalves(panel + \(panelWidth + vector * lanes))")
      }
    }
    for pixel in 0..<pixels {
      source.line(
        "let result\(pixel) = \(pixel == 0 ? "output" : "result\(pixel - 1) + geometry.pointee.output.pixel")")
      if tile.epilogue.readsAddendAtOnce {
        source.line("let addend\(pixel) = addend\(pixel == 0 ? "" : "\(pixel - 1) + geometry.pointee.addend.pixel")")
      }
      for vector in 0..<vectors {
        source.line(
          finish.stored(
            isFlushed ? "narrowHalves(total\(pixel)_\(vector))" : "sum\(pixel)_\(vector)", addend: "addend\(pixel)",
            slope: "slope\(vector)",
            "result\(pixel)", vector))
      }
    }
    finish.finish(&source, pixels: "\(pixels)")
  }
}
