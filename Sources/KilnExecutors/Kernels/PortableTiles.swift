import KilnGeometry
import KilnGraph
import KilnKernels

// Register tiles of any size: what the tiles that are written out for a network compute, with the same roundings in the same
// order, one vector at a time. The written ones are tested in emitted packages.

/// A tile's shape and what its epilogue does.
struct PortableTile<Shape: Sendable>: Sendable {
  let shape: Shape
  let epilogue: Epilogue
  let finish: @Sendable (Vector, _ addend: Vector, _ slope: Vector) -> Vector
  /// Whether slopes follow the biases in a panel.
  let hasSlope: Bool

  init(_ shape: Shape, _ epilogue: Epilogue) {
    self.shape = shape
    self.epilogue = epilogue
    finish = VectorFunctions.epilogue(epilogue)
    hasSlope = epilogue.hasSlope
  }

  /// Stores the first `lanes` of a vector of sums with what the epilogue makes of them.
  func store(
    _ sum: Vector, slope: Vector, _ addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, lanes: Int
  ) {
    let added = epilogue.addend == nil ? Vector(repeating: 0) : loadLanes(addend, lanes)
    storeLanes(finish(sum, added, slope), output, lanes)
  }
}

/// The first `lanes` of a vector.
func loadLanes(_ address: UnsafePointer<Float>, _ lanes: Int) -> Vector {
  lanes < Vector.scalarCount ? load(address, count: lanes) : load(address)
}

/// Writes the first `lanes` of a vector.
func storeLanes(_ vector: Vector, _ address: UnsafeMutablePointer<Float>, _ lanes: Int) {
  if lanes < Vector.scalarCount { store(vector, address, count: lanes) } else { store(vector, address) }
}

/// The tiles of the call that is being executed: a driver takes them as types.
enum ExecutedTiles {
  @TaskLocal static var convolution: (PortableTile<ConvolutionTileShape>, edge: PortableTile<ConvolutionTileShape>)?
  @TaskLocal static var depthwise: (PortableTile<DepthwiseTileShape>, rest: PortableTile<DepthwiseTileShape>)?
  @TaskLocal static var planar: PortableTile<PlanarTileShape>?
  @TaskLocal static var winograd: PortableTile<WinogradFinishShape>?

  /// What is there while a call is executed.
  static func current<Tile>(_ tile: Tile?) -> Tile {
    guard let tile else { fatalError("no call is being executed") }
    return tile
  }
}

/// A tile whose shape is that of a call which is being executed.
protocol ExecutedConvolutionTile: ConvolutionTile {
  static var tile: PortableTile<ConvolutionTileShape> { get }
}

extension ExecutedConvolutionTile {
  static var pixels: Int { tile.shape.pixels }
  static var channels: Int { tile.shape.channels }

  static func run(
    _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ geometry: UnsafePointer<ConvolutionGeometry>, ahead: UnsafePointer<Float>
  ) { tile.run(input, panel, addend, output, geometry.pointee) }
}

/// The tile of whole groups of pixels.
enum MainConvolutionTile: ExecutedConvolutionTile {
  static var tile: PortableTile<ConvolutionTileShape> { ExecutedTiles.current(ExecutedTiles.convolution).0 }
}

/// The tile of the pixels that remain in a row.
enum EdgeConvolutionTile: ExecutedConvolutionTile {
  static var tile: PortableTile<ConvolutionTileShape> { ExecutedTiles.current(ExecutedTiles.convolution).edge }
}

extension PortableTile<ConvolutionTileShape> {
  init(_ shape: ConvolutionTileShape) { self.init(shape, shape.epilogue) }

  /// One tile: each sum from its bias on, or from what an earlier stage left in the output, one fused multiply-add a product
  /// in the order kernel row, kernel column, input channel.
  func run(
    _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
  ) {
    let width = shape.panelWidth(vectorWidth: Vector.scalarCount)
    let firstWeight = (hasSlope ? 2 : 1) * width + (shape.isStaged ? geometry.stage.firstWeight : 0)
    let begins = !shape.isStaged || geometry.stage.isFirst
    let ends = !shape.isStaged || geometry.stage.isLast
    let step = geometry.input.pixel
    // Four pixels at a time, none of whose sums waits for another. Where there are fewer, the last stands for those that lack.
    for first in stride(from: 0, to: shape.pixels, by: 4) {
      let last = min(3, shape.pixels - first - 1)
      let x = input + first * step
      let (step1, step2, step3) = (min(1, last) * step, min(2, last) * step, last * step)
      for channel in stride(from: 0, to: shape.channels, by: Vector.scalarCount) {
        let lanes = min(Vector.scalarCount, shape.channels - channel)
        func start(_ pixel: Int) -> Vector {
          let result = output + ((first + min(pixel, last)) * geometry.output.pixel + channel)
          return begins ? load(panel + channel) : loadLanes(UnsafePointer(result), lanes)
        }
        var (sum0, sum1, sum2, sum3) = (start(0), start(1), start(2), start(3))
        var weight = panel + (firstWeight + channel)
        var row = 0
        while row < geometry.kernelRows {
          var segment = 0
          while segment < geometry.segments {
            var run = x + (row * geometry.kernelRowStep + segment * geometry.segmentStep)
            let end = run + geometry.segmentLength
            while run < end {
              let weights = load(weight)
              sum0 = fma(sum0, Vector(repeating: run[0]), weights)
              sum1 = fma(sum1, Vector(repeating: run[step1]), weights)
              sum2 = fma(sum2, Vector(repeating: run[step2]), weights)
              sum3 = fma(sum3, Vector(repeating: run[step3]), weights)
              weight += width
              run += 1
            }
            segment += 1
          }
          row += 1
        }
        func end(_ sum: Vector, _ pixel: Int) {
          guard pixel <= last else { return }
          let result = output + ((first + pixel) * geometry.output.pixel + channel)
          guard ends else { return storeLanes(sum, result, lanes) }
          let slope = hasSlope ? load(panel + (width + channel)) : sum
          store(
            sum, slope: slope, addend + ((first + pixel) * geometry.addend.pixel + channel), result, lanes: lanes)
        }
        end(sum0, 0)
        end(sum1, 1)
        end(sum2, 2)
        end(sum3, 3)
      }
    }
  }
}

/// The tile of whole vectors of channels.
enum MainDepthwiseTile: DepthwiseTile {
  static func run(
    _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>
  ) {
    ExecutedTiles.current(ExecutedTiles.depthwise).0
      .run(input, panel, addend, output, columns: columns, geometry.pointee)
  }
}

/// The tile of the channels that remain.
enum RestDepthwiseTile: DepthwiseTile {
  static func run(
    _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>
  ) {
    ExecutedTiles.current(ExecutedTiles.depthwise).rest
      .run(input, panel, addend, output, columns: columns, geometry.pointee)
  }
}

extension PortableTile<DepthwiseTileShape> {
  init(_ shape: DepthwiseTileShape) { self.init(shape, shape.epilogue) }

  /// The pixels of a row: each sum from its bias on, in the order kernel row, kernel column.
  func run(
    _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, columns: Int, _ geometry: DepthwiseGeometry
  ) {
    let slope = hasSlope ? load(panel + Vector.scalarCount) : Vector(repeating: 0)
    var pixel = 0
    while pixel < columns {
      var sum = load(panel)
      var weight = panel + (hasSlope ? 2 : 1) * Vector.scalarCount
      var row = 0
      while row < geometry.kernelRows {
        var tap = input + (pixel * geometry.input.pixel + row * geometry.kernelRowStep)
        var column = 0
        while column < geometry.kernelColumns {
          sum = fma(sum, loadLanes(tap, shape.channels), load(weight))
          weight += Vector.scalarCount
          tap += geometry.kernelColumnStep
          column += 1
        }
        row += 1
      }
      store(
        sum, slope: slope, addend + pixel * geometry.addend.pixel, output + pixel * geometry.output.pixel,
        lanes: shape.channels)
      pixel += 1
    }
  }
}

/// The tile of neighbouring pixels of planes.
enum ExecutedPlanarTile: PlanarTile {
  private static var tile: PortableTile<PlanarTileShape> { ExecutedTiles.current(ExecutedTiles.planar) }
  static var pixels: Int { tile.shape.pixels / Vector.scalarCount * Vector.scalarCount }

  static func activate(_ sums: Vector) -> Vector { tile.finish(sums, sums, sums) }

  static func run(
    _ input: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, kernelRows: Int, _ geometry: UnsafePointer<PlanarGeometry>
  ) {
    let (tile, geometry) = (tile, geometry.pointee)
    let planeStep = geometry.inputRows * geometry.inputColumns
    for channel in 0..<tile.shape.outputChannels {
      for pixel in stride(from: 0, to: pixels, by: Vector.scalarCount) {
        var sum = Vector(repeating: bias[channel])
        var weight = weights + channel
        for row in 0..<kernelRows {
          for tap in 0..<geometry.kernelColumns {
            let x =
              input + (row * geometry.inputColumns * geometry.rowDilation + tap * geometry.columnDilation + pixel)
            for plane in 0..<tile.shape.inputChannels {
              sum = fma(sum, load(x + plane * planeStep), Vector(repeating: weight[0]))
              weight += tile.shape.outputChannels
            }
          }
        }
        store(activate(sum), output + (channel * geometry.rows * geometry.columns + pixel))
      }
    }
  }
}

extension PortableTile<PlanarTileShape> {
  init(_ shape: PlanarTileShape) { self.init(shape, shape.epilogue) }
}

/// What happens to each sum of a Winograd convolution.
enum ExecutedWinogradFinish: WinogradFinish {
  private static var tile: PortableTile<WinogradFinishShape> { ExecutedTiles.current(ExecutedTiles.winograd) }
  static var hasSlope: Bool { tile.hasSlope }
  static var isCheap: Bool { tile.epilogue.isInlined }

  static func finish(
    _ sum: Vector, bias: Vector, slope: Vector, _ addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) { tile.store(sum + bias, slope: slope, addend, output, lanes: Vector.scalarCount) }

  static func finish(
    _ sum: Vector, bias: Vector, slope: Vector, _ addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    count: Int
  ) { tile.store(sum + bias, slope: slope, addend, output, lanes: count) }
}

extension PortableTile<WinogradFinishShape> {
  init(_ shape: WinogradFinishShape) { self.init(shape, shape.epilogue) }
}
