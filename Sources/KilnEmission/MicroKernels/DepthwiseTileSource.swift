import KilnGeometry
import KilnKernels
import KilnMachine
import KilnRuntimeSources

/// A tile of a depthwise convolution, as source: several pixels of one vector of channels at a time, as long as the row
/// lasts, then those that remain.
///
/// A kernel whose weights fit into registers is unrolled, its weights are loaded once a run, and an input that several
/// of the pixels share is loaded once. Other kernels are walked over in two loops.
struct DepthwiseTileSource {
  /// The tile.
  let tile: DepthwiseTileShape
  /// Numbers a vector holds.
  let vectorWidth: Int
  private let target: Target

  /// The source of a tile for a machine.
  init(_ tile: DepthwiseTileShape, target: Target) {
    self.tile = tile
    self.target = target
    vectorWidth = tile.arithmetic.lanes(vectorWidth: target.vectorWidth)
  }

  private var channels: Int { tile.channels }
  private var epilogue: EpilogueSource { EpilogueSource(epilogue: tile.epilogue) }
  private var isHalf: Bool { tile.arithmetic.isHalf }
  private var halfEpilogue: HalfEpilogueSource {
    HalfEpilogueSource(epilogue: tile.epilogue, channels: channels, target: target)
  }
  private var lanes: ChannelLanes {
    isHalf ? halfEpilogue.halves : ChannelLanes(channels: channels, vectorWidth: vectorWidth)
  }
  private var element: String { isHalf ? "Float16" : "Float" }

  /// Source that reads a whole vector of a panel.
  private func loaded(_ address: String) -> String { "\(lanes.load)(\(address))" }

  /// Source that adds a product to a sum.
  private func product(_ sum: String, _ x: String, _ weight: String) -> String {
    "\(sum) = \(isHalf ? "addHalfProduct" : "fma")(\(sum), \(x), \(weight))"
  }

  /// The file's text.
  var text: String {
    var source = SourceText()
    let size = tile.kernel.map { "\($0.rows)x\($0.columns)" } ?? "a kernel of any size"
    let description = tile.epilogue.description
    source.line(
      "/// \(channels) channels\(isHalf ? " of float16" : ""), each convolved with \(size)\(description.isEmpty ? "" : ", then \(description)")."
    )
    source.block("enum \(tile.name): \(isHalf ? "Half" : "")DepthwiseTile") {
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line(
        "  _ input: UnsafePointer<\(element)>, _ panel: UnsafePointer<\(element)>, _ addend: UnsafePointer<\(element)>,"
      )
      $0.line(
        "  _ output: UnsafeMutablePointer<\(element)>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>")
      $0.block(")") { body(&$0) }
    }
    return source.text
  }

  private func body(_ source: inout SourceText) {
    let first = (tile.epilogue.hasSlope ? 2 : 1) * vectorWidth
    source.line("let bias = \(loaded("panel"))")
    if tile.epilogue.hasSlope { source.line("let slope = \(loaded("panel + \(vectorWidth)"))") }
    if let kernel = tile.kernel {
      for row in 0..<kernel.rows {
        for column in 0..<kernel.columns {
          let offset = first + (row * kernel.columns + column) * vectorWidth
          source.line("let weight\(row)_\(column) = \(loaded("panel + \(offset)"))")
        }
      }
      source.line("let tapStep = geometry.pointee.kernelColumnStep\(tile.dilation == 1 ? "" : " / \(tile.dilation)")")
    }
    source.line("let inputStep = geometry.pointee.input.pixel")
    source.line("let outputStep = geometry.pointee.output.pixel")
    if tile.epilogue.readsAddendAtOnce { source.line("let addendStep = geometry.pointee.addend.pixel") }
    source.line("var x = input")
    source.line("var y = output")
    if tile.epilogue.readsAddendAtOnce { source.line("var a = addend") }
    source.line("var left = columns")
    source.block("while left >= \(tile.pixels)") { group(&$0, pixels: tile.pixels, firstWeight: first) }
    if tile.edgePixels > 0 {
      source.block("if left > 0") { group(&$0, pixels: tile.edgePixels, firstWeight: first) }
    }
    if isHalf {
      halfEpilogue.finish(&source, pixels: "columns")
    } else {
      epilogue.finish(&source, lanes, pixels: "columns")
    }
  }

  /// Computes and stores neighbouring pixels, and moves on.
  private func group(_ source: inout SourceText, pixels: Int, firstWeight: Int) {
    for pixel in 0..<pixels { source.line("var sum\(pixel) = bias") }
    if let kernel = tile.kernel {
      unrolled(&source, kernel, pixels: pixels)
    } else {
      looped(&source, pixels: pixels, firstWeight: firstWeight)
    }
    for pixel in 0..<pixels {
      let addend = pixel == 0 ? "a" : "a + \(pixel) &* addendStep"
      let result = pixel == 0 ? "y" : "y + \(pixel) &* outputStep"
      if isHalf {
        source.line(halfEpilogue.stored("sum\(pixel)", addend: addend, slope: "slope", result, 0))
      } else {
        let value = epilogue.applied(to: "sum\(pixel)", addend: lanes.loaded(addend, 0), slope: "slope")
        source.line(lanes.stored(value, result, 0))
      }
    }
    source.line("x += \(pixels) &* inputStep")
    source.line("y += \(pixels) &* outputStep")
    if tile.epilogue.readsAddendAtOnce { source.line("a += \(pixels) &* addendStep") }
    source.line("left &-= \(pixels)")
  }

  private func unrolled(_ source: inout SourceText, _ kernel: DepthwiseTileShape.Kernel, pixels: Int) {
    let last = (pixels - 1) * tile.stride + (kernel.columns - 1) * tile.dilation
    for row in 0..<kernel.rows {
      let address = row == 0 ? "x" : "row\(row - 1) + geometry.pointee.kernelRowStep"
      source.line("let row\(row) = \(isHalf ? "ownHalfRegister" : "ownRegister")(\(address))")
      for column in 0...last {
        // The pixels that see this input column, and by which tap.
        let uses = (0..<pixels).compactMap { pixel -> (pixel: Int, tap: Int)? in
          let distance = column - pixel * tile.stride
          guard distance >= 0, distance % tile.dilation == 0, distance / tile.dilation < kernel.columns else {
            return nil
          }
          return (pixel, distance / tile.dilation)
        }
        guard !uses.isEmpty else { continue }
        let address = column == 0 ? "row\(row)" : "row\(row) + \(column) &* tapStep"
        source.line("let x\(row)_\(column) = \(lanes.loaded(address, 0))")
        for use in uses {
          source.line(product("sum\(use.pixel)", "x\(row)_\(column)", "weight\(row)_\(use.tap)"))
        }
      }
    }
  }

  private func looped(_ source: inout SourceText, pixels: Int, firstWeight: Int) {
    source.line("var weight = panel + \(firstWeight)")
    source.line("var row = x")
    source.line("var rowsLeft = geometry.pointee.kernelRows")
    source.block("while rowsLeft > 0") {
      $0.line("var tap = row")
      $0.line("var tapsLeft = geometry.pointee.kernelColumns")
      $0.block("while tapsLeft > 0") {
        $0.line("let w = \(loaded("weight"))")
        for pixel in 0..<pixels {
          let address = pixel == 0 ? "tap" : "tap + \(pixel) &* inputStep"
          $0.line(product("sum\(pixel)", lanes.loaded(address, 0), "w"))
        }
        $0.line("weight += \(vectorWidth)")
        $0.line("tap += geometry.pointee.kernelColumnStep")
        $0.line("tapsLeft &-= 1")
      }
      $0.line("row += geometry.pointee.kernelRowStep")
      $0.line("rowsLeft &-= 1")
    }
  }
}
