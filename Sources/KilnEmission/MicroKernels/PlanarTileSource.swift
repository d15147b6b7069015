import KilnGeometry
import KilnKernels
import KilnMachine
import KilnRuntimeSources

/// A tile of a planar convolution, as source: a few vectors of neighbouring pixels in every output plane, every sum a
/// named local.
struct PlanarTileSource {
  /// The tile.
  let tile: PlanarTileShape
  /// Floats a vector holds.
  let vectorWidth: Int

  private var inputChannels: Int { tile.inputChannels }
  private var outputChannels: Int { tile.outputChannels }
  private var vectors: Int { tile.pixels / vectorWidth }
  private var epilogue: EpilogueSource { EpilogueSource(epilogue: tile.epilogue) }

  /// The source of a tile for a machine.
  init(_ tile: PlanarTileShape, target: Target) {
    self.tile = tile
    vectorWidth = target.vectorWidth
  }

  /// The file's text.
  var text: String {
    var source = SourceText()
    let description = tile.epilogue.description
    let last = description.isEmpty ? "" : ", then \(description)"
    source.line(
      "/// \(vectors * vectorWidth) neighbouring pixels of \(outputChannels) planes, from \(inputChannels) planes\(last)."
    )
    source.block("enum \(tile.name): PlanarTile") {
      $0.line("static var pixels: Int { \(vectors * vectorWidth) }")
      $0.line()
      $0.line("@inline(__always)")
      $0.line("static func activate(_ sums: Vector) -> Vector { \(epilogue.activated("sums", slope: "")) }")
      $0.line()
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line("  _ input: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,")
      $0.line("  _ output: UnsafeMutablePointer<Float>, kernelRows: Int, _ geometry: UnsafePointer<PlanarGeometry>")
      $0.block(")") {
        reduction(&$0)
        results(&$0)
      }
    }
    return source.text
  }

  private func reduction(_ source: inout SourceText) {
    for channel in 0..<outputChannels {
      source.line("let bias\(channel) = Vector(repeating: bias[\(channel)])")
      for vector in 0..<vectors { source.line("var sum\(channel)_\(vector) = bias\(channel)") }
    }
    source.line("let rowStep = geometry.pointee.inputColumns &* geometry.pointee.rowDilation")
    source.line("let planeStep = geometry.pointee.inputRows &* geometry.pointee.inputColumns")
    source.line("var weight = weights")
    source.line("var row = input")
    source.line("var rowsLeft = kernelRows")
    source.block("while rowsLeft > 0") {
      $0.line("var tap = row")
      $0.line("var tapsLeft = geometry.pointee.kernelColumns")
      $0.block("while tapsLeft > 0") {
        for channel in 0..<inputChannels { products(&$0, of: channel) }
        $0.line("weight += \(inputChannels * outputChannels)")
        $0.line("tap += geometry.pointee.columnDilation")
        $0.line("tapsLeft &-= 1")
      }
      $0.line("row += rowStep")
      $0.line("rowsLeft &-= 1")
    }
  }

  /// One tap of an input plane.
  private func products(_ source: inout SourceText, of channel: Int) {
    source.line("let plane\(channel) = \(channel == 0 ? "tap" : "plane\(channel - 1) + planeStep")")
    for vector in 0..<vectors {
      let address = vector == 0 ? "plane\(channel)" : "plane\(channel) + \(vector * vectorWidth)"
      source.line("let x\(channel)_\(vector) = load(\(address))")
    }
    for output in 0..<outputChannels {
      let weight = "weight\(channel)_\(output)"
      source.line("let \(weight) = Vector(repeating: weight[\(channel * outputChannels + output)])")
      for vector in 0..<vectors {
        source.line("sum\(output)_\(vector) = fma(sum\(output)_\(vector), x\(channel)_\(vector), \(weight))")
      }
    }
  }

  private func results(_ source: inout SourceText) {
    if outputChannels > 1 { source.line("let resultStep = geometry.pointee.rows &* geometry.pointee.columns") }
    for channel in 0..<outputChannels {
      source.line("let result\(channel) = \(channel == 0 ? "output" : "result\(channel - 1) + resultStep")")
      for vector in 0..<vectors {
        let address = vector == 0 ? "result\(channel)" : "result\(channel) + \(vector * vectorWidth)"
        source.line("store(activate(sum\(channel)_\(vector)), \(address))")
      }
    }
  }
}
