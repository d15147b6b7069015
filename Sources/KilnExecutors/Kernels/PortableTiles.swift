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

  init(_ shape: Shape, _ epilogue: Epilogue) {
    self.shape = shape
    self.epilogue = epilogue
    finish = VectorFunctions.epilogue(epilogue)
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
    let firstWeight = (epilogue.hasSlope ? 2 : 1) * width + (shape.isStaged ? geometry.stage.firstWeight : 0)
    var pixel = 0
    while pixel < shape.pixels {
      let x = input + pixel * geometry.input.pixel
      let result = output + pixel * geometry.output.pixel
      var channel = 0
      while channel < shape.channels {
        let lanes = min(Vector.scalarCount, shape.channels - channel)
        let begins = !shape.isStaged || geometry.stage.isFirst
        var sum = begins ? load(panel + channel) : loadLanes(UnsafePointer(result + channel), lanes)
        var weight = panel + (firstWeight + channel)
        var row = 0
        while row < geometry.kernelRows {
          var segment = 0
          while segment < geometry.segments {
            let run = x + (row * geometry.kernelRowStep + segment * geometry.segmentStep)
            var i = 0
            while i < geometry.segmentLength {
              sum = fma(sum, Vector(repeating: run[i]), load(weight))
              weight += width
              i += 1
            }
            segment += 1
          }
          row += 1
        }
        if shape.isStaged && !geometry.stage.isLast {
          storeLanes(sum, result + channel, lanes)
        } else {
          let slope = epilogue.hasSlope ? load(panel + (width + channel)) : sum
          let added = addend + (pixel * geometry.addend.pixel + channel)
          store(sum, slope: slope, added, result + channel, lanes: lanes)
        }
        channel += Vector.scalarCount
      }
      pixel += 1
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
    let slope = epilogue.hasSlope ? load(panel + Vector.scalarCount) : Vector(repeating: 0)
    var pixel = 0
    while pixel < columns {
      var sum = load(panel)
      var weight = panel + (epilogue.hasSlope ? 2 : 1) * Vector.scalarCount
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
  static var hasSlope: Bool { tile.epilogue.hasSlope }
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
