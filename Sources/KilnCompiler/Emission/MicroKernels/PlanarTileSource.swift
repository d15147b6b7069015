import KilnGraph
import KilnMachine

/// A tile of a planar convolution, as source: a few vectors of neighbouring pixels in every output plane, every sum a
/// named local.
struct PlanarTileSource {
  let inputChannels: Int
  let outputChannels: Int
  /// Vectors of pixels.
  let vectors: Int
  let epilogue: EpilogueSource
  let vectorWidth: Int

  /// The tile that covers a row of so many pixels fastest on a machine: the fewest cycles of multiply-adds, loads, or
  /// of waiting for a sum; a little for the loop.
  init(inputChannels: Int, outputChannels: Int, columns: Int, epilogue: EpilogueSource, target: Target) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.epilogue = epilogue
    vectorWidth = target.vectorWidth
    let width = target.vectorWidth
    let costs = target.model.planarTiles
    // The sums, the pixels, a weight, and where a product needs one its register.
    let most = max(1, (target.vectorRegisterCount - 2) / (outputChannels + 1))
    func cycles(_ vectors: Int) -> Double {
      let tiles = Double((columns + vectors * width - 1) / (vectors * width))
      let arithmetic = Double(vectors * outputChannels) / costs.multiplyAddsPerCycle
      let loads = Double(vectors + outputChannels) / costs.loadsPerCycle
      return tiles * (max(arithmetic, loads, costs.multiplyAddLatency) + costs.turnCycles)
    }
    let fitting = (1...most).filter { $0 == 1 || $0 * width <= columns }
    vectors = fitting.min { cycles($0) < cycles($1) } ?? 1
  }

  /// The name of the tile's type, for instance `Planar3To5x48ReLU`: input planes, output planes, pixels.
  var name: String { "Planar\(inputChannels)To\(outputChannels)x\(vectors * vectorWidth)\(epilogue.nameSuffix)" }

  /// The emitted kernel.
  var emitted: EmittedKernel {
    var source = SourceText()
    let description = epilogue.epilogue.description
    let last = description.isEmpty ? "" : ", then \(description)"
    source.line(
      "/// \(vectors * vectorWidth) neighbouring pixels of \(outputChannels) planes, from \(inputChannels) planes\(last)."
    )
    source.block("enum \(name): PlanarTile") {
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
    return EmittedKernel(name: name, source: source.text)
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
