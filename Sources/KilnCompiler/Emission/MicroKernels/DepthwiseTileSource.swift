import KilnGraph
import KilnMachine

/// A tile of a depthwise convolution, as source: several pixels of one vector of channels at a time, as long as the row
/// lasts, then those that remain.
///
/// A kernel whose weights fit into registers is unrolled, its weights are loaded once a run, and an input that several
/// of the pixels share is loaded once. Other kernels are walked over in two loops.
struct DepthwiseTileSource {
  /// Channels: a vector, or less.
  let channels: Int
  /// The kernel's rows and columns when it is unrolled; `nil` when loops walk over it.
  let kernel: (rows: Int, columns: Int)?
  /// Input pixels between neighbouring outputs and neighbouring taps of a row.
  let stride: Int
  let dilation: Int
  /// Output pixels at a time, and those that remain at the end of a row.
  let pixels: Int
  let edgePixels: Int
  let epilogue: EpilogueSource
  let vectorWidth: Int

  /// Makes a tile of rows of `columns` pixels for a machine.
  ///
  /// - Parameter isNear: whether the image and its result lie in the second cache. From further away fewer pixels at a
  ///   time, which ask for fewer cache lines at once, are faster.
  init(
    channels: Int, kernel: (rows: Int, columns: Int), stride: Int, dilation: Int, columns: Int, isNear: Bool = true,
    epilogue: EpilogueSource, target: Target
  ) {
    self.channels = channels
    self.epilogue = epilogue
    vectorWidth = target.vectorWidth
    // Besides the weights: the sums, the input, and where a product needs one its register.
    let registers = target.vectorRegisterCount - kernel.rows * kernel.columns - 2
    let isUnrolled = registers >= 2
    self.kernel = isUnrolled ? kernel : nil
    self.stride = isUnrolled ? stride : 1
    self.dilation = isUnrolled ? dilation : 1
    let costs = target.model.depthwiseTiles
    var most = isNear ? costs.maximumPixels : costs.maximumFarPixels
    if target.instructionSet == .neon {
      // Products take registers only there: a row's inputs are loaded before them. As many pixels as leave room for
      // all of them; where the weights leave none, as those of 5x5 do, some weights are better read again.
      let fitting = (registers - 3 - kernel.columns + stride) / (1 + stride)
      if fitting >= 4 { most = min(most, fitting) }
    }
    pixels = Self.pixels(
      columns: columns, taps: kernel.rows * kernel.columns, most: isUnrolled ? min(most, registers) : most, costs)
    edgePixels = columns % pixels
  }

  /// The pixels at a time that cover a row fastest.
  private static func pixels(columns: Int, taps: Int, most: Int, _ costs: DepthwiseTileCosts) -> Int {
    func cycles(_ pixels: Int) -> Double {
      Double(taps) * max(Double(pixels) / costs.multiplyAddsPerCycle, costs.leastCyclesPerTap) + costs.turnCycles
    }
    func rowCycles(_ pixels: Int) -> Double {
      let edge = columns % pixels
      return Double(columns / pixels) * cycles(pixels) + (edge > 0 ? cycles(edge) : 0)
    }
    return (1...max(1, min(most, columns))).min { rowCycles($0) < rowCycles($1) } ?? 1
  }

  private var lanes: ChannelLanes { ChannelLanes(channels: channels, vectorWidth: vectorWidth) }

  /// The name of the tile's type, for instance `Depthwise3x3Stride2Of16By8And4ReLU`.
  var name: String {
    let steps = (stride == 1 ? "" : "Stride\(stride)") + (dilation == 1 ? "" : "Dilation\(dilation)")
    let size = kernel.map { "\($0.rows)x\($0.columns)" } ?? "Any"
    let group = "By\(pixels)\(edgePixels == 0 ? "" : "And\(edgePixels)")"
    return "Depthwise\(size)\(steps)Of\(channels)\(group)\(epilogue.nameSuffix)"
  }

  /// The emitted kernel.
  var emitted: EmittedKernel {
    var source = SourceText()
    let size = kernel.map { "\($0.rows)x\($0.columns)" } ?? "a kernel of any size"
    let description = epilogue.epilogue.description
    source.line(
      "/// \(channels) channels, each convolved with \(size)\(description.isEmpty ? "" : ", then \(description)").")
    source.block("enum \(name): DepthwiseTile") {
      $0.line("@inline(never)")
      $0.line("static func run(")
      $0.line("  _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,")
      $0.line("  _ output: UnsafeMutablePointer<Float>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>")
      $0.block(")") { body(&$0) }
    }
    return EmittedKernel(name: name, source: source.text)
  }

  private func body(_ source: inout SourceText) {
    let first = (epilogue.hasSlope ? 2 : 1) * vectorWidth
    source.line("let bias = load(panel)")
    if epilogue.hasSlope { source.line("let slope = load(panel + \(vectorWidth))") }
    if let kernel {
      for row in 0..<kernel.rows {
        for column in 0..<kernel.columns {
          let offset = first + (row * kernel.columns + column) * vectorWidth
          source.line("let weight\(row)_\(column) = load(panel + \(offset))")
        }
      }
      source.line("let tapStep = geometry.pointee.kernelColumnStep\(dilation == 1 ? "" : " / \(dilation)")")
    }
    source.line("let inputStep = geometry.pointee.input.pixel")
    source.line("let outputStep = geometry.pointee.output.pixel")
    if epilogue.readsAddendAtOnce { source.line("let addendStep = geometry.pointee.addend.pixel") }
    source.line("var x = input")
    source.line("var y = output")
    if epilogue.readsAddendAtOnce { source.line("var a = addend") }
    source.line("var left = columns")
    source.block("while left >= \(pixels)") { group(&$0, pixels: pixels, firstWeight: first) }
    if edgePixels > 0 {
      source.block("if left > 0") { group(&$0, pixels: edgePixels, firstWeight: first) }
    }
    epilogue.finish(&source, lanes, pixels: "columns")
  }

  /// Computes and stores neighbouring pixels, and moves on.
  private func group(_ source: inout SourceText, pixels: Int, firstWeight: Int) {
    for pixel in 0..<pixels { source.line("var sum\(pixel) = bias") }
    if let kernel {
      unrolled(&source, kernel, pixels: pixels)
    } else {
      looped(&source, pixels: pixels, firstWeight: firstWeight)
    }
    for pixel in 0..<pixels {
      let value = epilogue.applied(
        to: "sum\(pixel)", addend: lanes.loaded(pixel == 0 ? "a" : "a + \(pixel) &* addendStep", 0), slope: "slope")
      source.line(lanes.stored(value, pixel == 0 ? "y" : "y + \(pixel) &* outputStep", 0))
    }
    source.line("x += \(pixels) &* inputStep")
    source.line("y += \(pixels) &* outputStep")
    if epilogue.readsAddendAtOnce { source.line("a += \(pixels) &* addendStep") }
    source.line("left &-= \(pixels)")
  }

  private func unrolled(_ source: inout SourceText, _ kernel: (rows: Int, columns: Int), pixels: Int) {
    let last = (pixels - 1) * stride + (kernel.columns - 1) * dilation
    for row in 0..<kernel.rows {
      source.line("let row\(row) = \(row == 0 ? "x" : "row\(row - 1) + geometry.pointee.kernelRowStep")")
      for column in 0...last {
        // The pixels that see this input column, and by which tap.
        let uses = (0..<pixels).compactMap { pixel -> (pixel: Int, tap: Int)? in
          let distance = column - pixel * stride
          guard distance >= 0, distance % dilation == 0, distance / dilation < kernel.columns else { return nil }
          return (pixel, distance / dilation)
        }
        guard !uses.isEmpty else { continue }
        let address = column == 0 ? "row\(row)" : "row\(row) + \(column) &* tapStep"
        source.line("let x\(row)_\(column) = \(lanes.loaded(address, 0))")
        for use in uses {
          source.line("sum\(use.pixel) = fma(sum\(use.pixel), x\(row)_\(column), weight\(row)_\(use.tap))")
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
        $0.line("let w = load(weight)")
        for pixel in 0..<pixels {
          let address = pixel == 0 ? "tap" : "tap + \(pixel) &* inputStep"
          $0.line("sum\(pixel) = fma(sum\(pixel), \(lanes.loaded(address, 0)), w)")
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
