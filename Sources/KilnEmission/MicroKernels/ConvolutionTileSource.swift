import KilnGeometry
import KilnKernels
import KilnMachine
import KilnRuntimeSources

/// A tile of a direct convolution, as source: every accumulator a named local, every pixel a pointer.
///
/// The innermost loop takes one input element of every pixel a turn, or four where the machine multiplies by lane, or
/// two where it asks the caches for one line a turn.
struct ConvolutionTileSource {
  /// The tile.
  let tile: ConvolutionTileShape
  /// Floats a vector holds.
  let vectorWidth: Int
  /// Whether four input elements of a pixel are loaded at once and used by lane (aarch64).
  let usesLanes: Bool
  /// Whether these and the weights are loaded in halves.
  let loadsHalves: Bool
  /// How many things the tile asks the caches for before it reads them.
  let prefetchStreams: Int

  /// The source of a tile for a machine.
  init(_ tile: ConvolutionTileShape, target: Target) {
    self.tile = tile
    vectorWidth = target.vectorWidth
    usesLanes = target.instructionSet == .neon
    loadsHalves = target.model.pipeline.loadsHalves
    prefetchStreams = target.model.directTiles.prefetchStreams
  }

  private var pixels: Int { tile.pixels }
  private var channels: Int { tile.channels }
  private var epilogue: EpilogueSource { EpilogueSource(epilogue: tile.epilogue) }
  private var isStaged: Bool { tile.isStaged }
  private var lanes: ChannelLanes { ChannelLanes(channels: channels, vectorWidth: vectorWidth) }
  private var vectors: Int { lanes.vectors }
  private var panelWidth: Int { tile.panelWidth(vectorWidth: vectorWidth) }

  /// The file's text.
  var text: String {
    var source = SourceText()
    source.line("/// \(pixels) output pixels x \(channels) output channels\(comment).")
    source.block("enum \(tile.name): ConvolutionTile") {
      $0.line("static var pixels: Int { \(pixels) }")
      $0.line("static var channels: Int { \(channels) }")
      $0.line()
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line("  _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,")
      $0.line("  _ output: UnsafeMutablePointer<Float>, _ geometry: UnsafePointer<ConvolutionGeometry>,")
      $0.line("  ahead: UnsafePointer<Float>")
      $0.block(")") {
        if prefetchStreams > 0 { askForAddend(&$0) }
        initialSums(&$0)
        reduction(&$0)
        results(&$0)
        epilogue.finish(&$0, lanes, pixels: "\(pixels)")
      }
    }
    return source.text
  }

  private var comment: String {
    let description = tile.epilogue.description
    return description.isEmpty ? "" : ", then \(description)"
  }

  /// The addend is used long after; by then it is near.
  private func askForAddend(_ source: inout SourceText) {
    guard tile.epilogue.readsAddendAtOnce else { return }
    for pixel in 0..<pixels {
      source.line("let addend\(pixel) = addend\(pixel == 0 ? "" : "\(pixel - 1) + geometry.pointee.addend.pixel")")
      for vector in 0..<vectors { source.line("prefetch(addend\(pixel) + \(vector * vectorWidth))") }
    }
  }

  private func initialSums(_ source: inout SourceText) {
    for vector in 0..<vectors {
      source.line("let bias\(vector) = load(panel + \(vector * vectorWidth))")
    }
    for pixel in 0..<pixels {
      for vector in 0..<vectors { source.line("var sum\(pixel)_\(vector) = bias\(vector)") }
    }
    for pixel in 0..<pixels {
      source.line(
        "let result\(pixel) = \(pixel == 0 ? "output" : "result\(pixel - 1) + geometry.pointee.output.pixel")")
    }
    guard isStaged else { return }
    source.block("if !geometry.pointee.stage.isFirst") {
      for pixel in 0..<pixels {
        for vector in 0..<vectors {
          $0.line("sum\(pixel)_\(vector) = \(lanes.loaded("UnsafePointer(result\(pixel))", vector))")
        }
      }
    }
  }

  private func reduction(_ source: inout SourceText) {
    let firstWeight = isStaged ? " + geometry.pointee.stage.firstWeight" : ""
    source.line("var weight = panel + \((tile.epilogue.hasSlope ? 2 : 1) * panelWidth)\(firstWeight)")
    if pixels > 1 { source.line("let pixelStep = geometry.pointee.input.pixel") }
    source.line("let length = geometry.pointee.segmentLength")
    switch prefetchStreams {
    case 0: break
    case 1:
      source.line("let panelAhead = geometry.pointee.panelAhead")
      source.line("let aheadStep = panelAhead == 0 ? geometry.pointee.inputAheadStep : panelAhead")
      source.line("var next = ahead")
    default:
      source.line("let panelAhead = geometry.pointee.panelAhead")
      source.line("let inputAhead = geometry.pointee.inputAhead")
      source.line("let inputAheadStep = geometry.pointee.inputAheadStep")
      source.line("var nextWeight = ahead")
    }
    source.line("var rowStart = input")
    source.line("var rowsLeft = geometry.pointee.kernelRows")
    source.block("while rowsLeft > 0") {
      $0.line("var segment = rowStart")
      switch prefetchStreams {
      case 0: break
      case 1: $0.line("if panelAhead == 0 { next = rowStart + geometry.pointee.inputAhead }")
      default: $0.line("var nextInput = rowStart + inputAhead")
      }
      $0.line("var segmentsLeft = geometry.pointee.segments")
      $0.block("while segmentsLeft > 0") {
        for pixel in 0..<pixels {
          let address = pixel == 0 ? "segment" : "ownRegister(pixel\(pixel - 1) + pixelStep)"
          $0.line("let pixel\(pixel) = \(address)")
        }
        $0.line("var i = 0")
        if usesLanes {
          $0.line("var foursLeft = length >> 2")
          $0.block("while foursLeft > 0") { fourElements(&$0) }
        }
        if takesTwo {
          $0.line("let pairs = length & ~1")
          $0.block("while i < pairs") { elements(2, &$0) }
        }
        $0.block("\(takesTwo ? "if" : "while") i < length") { elements(1, &$0) }
        $0.line("segment += geometry.pointee.segmentStep")
        $0.line("segmentsLeft &-= 1")
      }
      $0.line("rowStart += geometry.pointee.kernelRowStep")
      $0.line("rowsLeft &-= 1")
    }
  }

  /// Whether a turn takes two elements.
  ///
  /// Not where only one pixel shares the weights, since a line a turn would be half of those that come next, nor where the
  /// pointers of the pixels and the line would be more than there are registers for.
  private var takesTwo: Bool { prefetchStreams == 1 && (2...8).contains(pixels) }

  private func elements(_ count: Int, _ source: inout SourceText) {
    for element in 0..<count {
      let suffix = element == 0 ? "" : "_\(element)"
      for vector in 0..<vectors {
        source.line("let weight\(vector)\(suffix) = load(weight + \(element * panelWidth + vector * vectorWidth))")
      }
      for pixel in 0..<pixels {
        let place = element == 0 ? "i" : "i &+ \(element)"
        source.line("let x\(pixel)\(suffix) = Vector(repeating: pixel\(pixel)[\(place)])")
        for vector in 0..<vectors {
          let sum = "sum\(pixel)_\(vector)"
          source.line("\(sum) = fma(\(sum), x\(pixel)\(suffix), weight\(vector)\(suffix))")
        }
      }
    }
    source.line("weight += \(count * panelWidth)")
    source.line("i &+= \(count)")
    switch prefetchStreams {
    case 0: break
    case 1:
      source.line("prefetch(next)")
      source.line("next += \(count == 1 ? "aheadStep" : "\(count) &* aheadStep")")
    default:
      source.line("prefetch(nextWeight)")
      source.line("nextWeight += panelAhead")
      source.line("prefetch(nextInput)")
      source.line("nextInput += inputAheadStep")
    }
  }

  private func fourElements(_ source: inout SourceText) {
    let turn = ConvolutionTileTurn(pixels: pixels, vectors: vectors, panelWidth: panelWidth, vectorWidth: vectorWidth)
    if loadsHalves { turn.loadingHalves(&source) } else { turn.loadingVectors(&source) }
    source.line("weight += \(4 * panelWidth)")
    source.line("i &+= 4")
    source.line("foursLeft &-= 1")
  }

  private func results(_ source: inout SourceText) {
    if isStaged {
      source.block("guard geometry.pointee.stage.isLast else") {
        for pixel in 0..<pixels {
          for vector in 0..<vectors { $0.line(lanes.stored("sum\(pixel)_\(vector)", "result\(pixel)", vector)) }
        }
        $0.line("return")
      }
    }
    if tile.epilogue.hasSlope {
      for vector in 0..<vectors {
        source.line("let slope\(vector) = load(panel + \(panelWidth + vector * vectorWidth))")
      }
    }
    for pixel in 0..<pixels {
      if prefetchStreams == 0, tile.epilogue.readsAddendAtOnce {
        source.line("let addend\(pixel) = addend\(pixel == 0 ? "" : "\(pixel - 1) + geometry.pointee.addend.pixel")")
      }
      for vector in 0..<vectors {
        let value = epilogue.applied(
          to: "sum\(pixel)_\(vector)", addend: lanes.loaded("addend\(pixel)", vector), slope: "slope\(vector)")
        source.line(lanes.stored(value, "result\(pixel)", vector))
      }
    }
  }
}
