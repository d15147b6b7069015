import KilnGeometry
import KilnGraph
import KilnKernels

// What tiles of float16 that are written out for a network compute, one vector at a time.

extension PortableTile {
  /// Stores the first `lanes` of a vector of sums with what the epilogue makes of them: each of its steps rounds once.
  ///
  /// What is applied to stored sums is all of one step.
  fileprivate func storeHalf(
    _ sum: HalfVector, slope: HalfVector, _ addend: UnsafePointer<Float16>, _ output: UnsafeMutablePointer<Float16>,
    lanes: Int
  ) {
    let added = epilogue.addend == nil ? sum : loadHalves(addend, count: lanes)
    let operand = epilogue.addend == .beforeActivation ? addHalves(sum, added) : sum
    let isOneStep = !epilogue.isInlined && epilogue.addend == .afterActivation
    var result = operand
    if epilogue.activation != nil {
      let step = Epilogue(activation: epilogue.activation, addend: isOneStep ? .afterActivation : nil)
      let apply = VectorFunctions.epilogue(step)
      for lane in 0..<8 {
        let vectors = [operand, added, slope].map { Vector(repeating: widenHalves($0)[lane]) }
        result[lane] = narrowHalves(SIMD8(repeating: apply(vectors[0], vectors[1], vectors[2])[0]))[0]
      }
    }
    let isAdded = epilogue.addend == .afterActivation && !isOneStep
    storeHalves(isAdded ? addHalves(result, added) : result, output, count: lanes)
  }
}

/// A tile of float16 whose shape is that of a call which is being executed.
protocol ExecutedHalfTile: HalfConvolutionTile {
  static var tile: PortableTile<ConvolutionTileShape> { get }
}

extension ExecutedHalfTile {
  static var pixels: Int { tile.shape.pixels }
  static var channels: Int { tile.shape.channels }

  static func run(
    _ input: UnsafePointer<Float16>, _ panel: UnsafePointer<Float16>, _ addend: UnsafePointer<Float16>,
    _ output: UnsafeMutablePointer<Float16>, _ geometry: UnsafePointer<ConvolutionGeometry>,
    ahead: UnsafePointer<Float16>
  ) { tile.run(input, panel, addend, output, geometry.pointee) }
}

/// The tile of whole groups of pixels.
enum MainHalfTile: ExecutedHalfTile {
  static var tile: PortableTile<ConvolutionTileShape> { ExecutedTiles.current(ExecutedTiles.convolution).0 }
}

/// The tile of the pixels that remain in a row.
enum EdgeHalfTile: ExecutedHalfTile {
  static var tile: PortableTile<ConvolutionTileShape> { ExecutedTiles.current(ExecutedTiles.convolution).edge }
}

extension PortableTile<ConvolutionTileShape> {
  /// One tile: products in float16 in the order kernel row, kernel column, input channel, as many at a time as are summed up so.
  fileprivate func run(
    _ input: UnsafePointer<Float16>, _ panel: UnsafePointer<Float16>, _ addend: UnsafePointer<Float16>,
    _ output: UnsafeMutablePointer<Float16>, _ geometry: ConvolutionGeometry
  ) {
    let isFlushed = shape.arithmetic == .flushedFloat16
    let width = shape.panelWidth(vectorWidth: Vector.scalarCount)
    for pixel in 0..<shape.pixels {
      let x = input + pixel * geometry.input.pixel
      for channel in stride(from: 0, to: shape.channels, by: 8) {
        let bias = loadHalves(panel + channel)
        var total = widenHalves(bias)
        var sum = isFlushed ? HalfVector(repeating: 0) : bias
        var weight = panel + ((hasSlope ? 2 : 1) * width + channel)
        var count = 0
        for row in 0..<geometry.kernelRows {
          for segment in 0..<geometry.segments {
            let run = x + (row * geometry.kernelRowStep + segment * geometry.segmentStep)
            for i in 0..<geometry.segmentLength {
              if isFlushed, count == TileArithmetic.flushLength {
                total += widenHalves(sum)
                (sum, count) = (HalfVector(repeating: 0), 0)
              }
              sum = addHalfProduct(sum, HalfVector(repeating: run[i]), loadHalves(weight))
              weight += width
              count += 1
            }
          }
        }
        let slope = hasSlope ? loadHalves(panel + (width + channel)) : sum
        storeHalf(
          isFlushed ? narrowHalves(total + widenHalves(sum)) : sum, slope: slope,
          addend + (pixel * geometry.addend.pixel + channel), output + (pixel * geometry.output.pixel + channel),
          lanes: min(8, shape.channels - channel))
      }
    }
  }
}

/// What happens to each sum of a Winograd convolution of float16.
enum ExecutedHalfWinogradFinish: WinogradFinish {
  private static var tile: PortableTile<WinogradFinishShape> { ExecutedTiles.current(ExecutedTiles.winograd) }
  static var hasSlope: Bool { tile.hasSlope }
  static var isCheap: Bool { tile.epilogue.isInlined }

  static func finish(
    _ sum: HalfLanes, bias: HalfLanes, slope: HalfLanes, _ addend: UnsafePointer<Float16>,
    _ output: UnsafeMutablePointer<Float16>
  ) { finish(sum, bias: bias, slope: slope, addend, output, count: HalfLanes.scalarCount) }

  static func finish(
    _ sum: HalfLanes, bias: HalfLanes, slope: HalfLanes, _ addend: UnsafePointer<Float16>,
    _ output: UnsafeMutablePointer<Float16>, count: Int
  ) { tile.storeHalf((sum + bias).halves, slope: slope.halves, addend, output, lanes: count) }
}

/// The tile of whole vectors of channels.
enum MainHalfDepthwiseTile: HalfDepthwiseTile {
  static func run(
    _ input: UnsafePointer<Float16>, _ panel: UnsafePointer<Float16>, _ addend: UnsafePointer<Float16>,
    _ output: UnsafeMutablePointer<Float16>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>
  ) {
    ExecutedTiles.current(ExecutedTiles.depthwise).0
      .run(input, panel, addend, output, columns: columns, geometry.pointee)
  }
}

/// The tile of the channels that remain.
enum RestHalfDepthwiseTile: HalfDepthwiseTile {
  static func run(
    _ input: UnsafePointer<Float16>, _ panel: UnsafePointer<Float16>, _ addend: UnsafePointer<Float16>,
    _ output: UnsafeMutablePointer<Float16>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>
  ) {
    ExecutedTiles.current(ExecutedTiles.depthwise).rest
      .run(input, panel, addend, output, columns: columns, geometry.pointee)
  }
}

extension PortableTile<DepthwiseTileShape> {
  /// The pixels of a row: each sum from its bias on, in the order kernel row, kernel column.
  fileprivate func run(
    _ input: UnsafePointer<Float16>, _ panel: UnsafePointer<Float16>, _ addend: UnsafePointer<Float16>,
    _ output: UnsafeMutablePointer<Float16>, columns: Int, _ geometry: DepthwiseGeometry
  ) {
    let slope = loadHalves(panel + (hasSlope ? 8 : 0))
    for pixel in 0..<columns {
      var sum = loadHalves(panel)
      var weight = panel + (hasSlope ? 16 : 8)
      for row in 0..<geometry.kernelRows {
        for column in 0..<geometry.kernelColumns {
          let tap =
            input
            + (pixel * geometry.input.pixel + row * geometry.kernelRowStep + column * geometry.kernelColumnStep)
          sum = addHalfProduct(sum, loadHalves(tap, count: shape.channels), loadHalves(weight))
          weight += 8
        }
      }
      storeHalf(
        sum, slope: slope, addend + pixel * geometry.addend.pixel,
        output + pixel * geometry.output.pixel, lanes: shape.channels)
    }
  }
}
