import KilnGeometry
import KilnGraph
import KilnKernels
import KilnMachine

// Register tiles of numbers of 8 bits of any size: what the tiles that are written out for a network compute, one product at a time.

/// The byte tiles of the call that is being executed: a driver takes them as types.
enum ExecutedByteTiles {
  @TaskLocal static var convolution: (ByteConvolutionTileShape, edge: ByteConvolutionTileShape)?
  @TaskLocal static var depthwise: (ByteDepthwiseTileShape, rest: ByteDepthwiseTileShape)?
  @TaskLocal static var winograd: (ByteWinogradTileShape, edge: ByteWinogradTileShape)?
}

/// The tile of whole groups of pixels.
enum MainByteTile<Input: ByteElement & BinaryInteger, Output>: ByteConvolutionTile {
  private static var tile: ByteConvolutionTileShape { ExecutedTiles.current(ExecutedByteTiles.convolution).0 }
  static var pixels: Int { tile.pixels }
  static var channels: Int { tile.channels }

  static func run(
    _ input: UnsafePointer<Input>, _ panel: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<Output>, columns: Int,
    _ geometry: UnsafePointer<ConvolutionGeometry>
  ) { tile.run(Numbers(input), panel, output, columns, geometry.pointee) }
}

/// The tile of the pixels that remain in a row.
enum EdgeByteTile<Input: ByteElement & BinaryInteger, Output>: ByteConvolutionTile {
  private static var tile: ByteConvolutionTileShape { ExecutedTiles.current(ExecutedByteTiles.convolution).edge }
  static var pixels: Int { tile.pixels }
  static var channels: Int { tile.channels }

  static func run(
    _ input: UnsafePointer<Input>, _ panel: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<Output>, columns: Int,
    _ geometry: UnsafePointer<ConvolutionGeometry>
  ) { tile.run(Numbers(input), panel, output, columns, geometry.pointee) }
}

/// The tile of sixteen channels.
enum MainByteDepthwiseTile<Input: ByteElement & BinaryInteger, Output: ByteElement & BinaryInteger>: ByteDepthwiseTile {
  static func run(
    _ input: UnsafePointer<Input>, _ panel: UnsafePointer<UInt8>, _: UnsafePointer<Output>,
    _ output: UnsafeMutablePointer<Output>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>
  ) {
    ExecutedTiles.current(ExecutedByteTiles.depthwise).0.run(Numbers(input), panel, output, columns, geometry.pointee)
  }
}

/// The tile of the channels that remain.
enum RestByteDepthwiseTile<Input: ByteElement & BinaryInteger, Output: ByteElement & BinaryInteger>: ByteDepthwiseTile {
  static func run(
    _ input: UnsafePointer<Input>, _ panel: UnsafePointer<UInt8>, _: UnsafePointer<Output>,
    _ output: UnsafeMutablePointer<Output>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>
  ) {
    ExecutedTiles.current(ExecutedByteTiles.depthwise).rest.run(
      Numbers(input), panel, output, columns, geometry.pointee)
  }
}

/// The Winograd tile of whole groups of tiles of the image.
enum MainByteWinogradTile<Input: ByteElement, Output: ByteElement & BinaryInteger>: ExecutedByteWinogradTile {
  static var tile: ByteWinogradTileShape { ExecutedTiles.current(ExecutedByteTiles.winograd).0 }
}

/// The Winograd tile of those that remain.
enum EdgeByteWinogradTile<Input: ByteElement, Output: ByteElement & BinaryInteger>: ExecutedByteWinogradTile {
  static var tile: ByteWinogradTileShape { ExecutedTiles.current(ExecutedByteTiles.winograd).edge }
}

/// A Winograd tile of the call that is being executed.
protocol ExecutedByteWinogradTile: ByteWinogradTile where Output: ByteElement & BinaryInteger {
  static var tile: ByteWinogradTileShape { get }
}

extension ExecutedByteWinogradTile {
  static var pixels: Int { tile.pixels }
  static var channels: Int { tile.channels }

  static func multiply(
    _ x: UnsafePointer<Int16>, step: Int, _ weights: UnsafePointer<Int16>, _ sums: UnsafeMutablePointer<Int32>,
    depth: Int
  ) {
    let tile = tile
    for input in 0..<depth {
      for channel in 0..<tile.channels {
        let weight = Int32(weights[tile.layout.place(input: input, channel: channel, channels: tile.channels)])
        for pixel in 0..<tile.pixels {
          sums[pixel * tile.channels + channel] &+= Int32(x[pixel * step + input]) &* weight
        }
      }
    }
  }

  static func store(
    _ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, _ limits: ResultLimits, _ output: UnsafeMutablePointer<Output>
  ) { store(sums, multipliers, limits, output, count: 8) }

  static func store(
    _ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, _ limits: ResultLimits, _ output: UnsafeMutablePointer<Output>,
    count: Int
  ) {
    for index in 0..<count {
      output[index] = Output(truncatingIfNeeded: tile.types.result(sums[index], multipliers[index], limits))
    }
  }
}

/// Numbers of 8 bits of either sign, as what is compiled once for both sees them: calibration waits for it.
private struct Numbers {
  let bytes: UnsafePointer<UInt8>
  /// What takes a byte to its number: the bit of a sign.
  let sign: Int32

  init<Element: ByteElement & BinaryInteger>(_ elements: UnsafePointer<Element>) {
    bytes = UnsafeRawPointer(elements).assumingMemoryBound(to: UInt8.self)
    sign = Element.isSigned ? 0x80 : 0
  }

  subscript(index: Int) -> Int32 { (Int32(bytes[index]) ^ sign) &- sign }
}

extension ByteTileTypes {
  /// What a sum becomes, which began at its bias.
  fileprivate func result(_ sum: Int32, _ multiplier: Float, _ limits: ResultLimits) -> Int {
    let nearest =
      Int((Float(sum &- Int32(rounding.start)) * multiplier).rounded(.toNearestOrEven)) + Int(limits.zeroPoint)
    let range = output.byteRange ?? 0...0
    let (lower, upper) = isClamped ? (Int(limits.lower), Int(limits.upper)) : (range.lowerBound, range.upperBound)
    return min(max(nearest, lower), upper)
  }
}

/// A number of a panel.
private func word<Word: BitwiseCopyable>(_ panel: UnsafePointer<UInt8>, _ offset: Int, as _: Word.Type) -> Word {
  UnsafeRawPointer(panel).loadUnaligned(fromByteOffset: offset, as: Word.self)
}

extension ByteConvolutionTileShape {
  fileprivate func run(
    _ input: Numbers, _ panel: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer, _ columns: Int,
    _ geometry: ConvolutionGeometry
  ) {
    let width = channels.roundedUp(toMultipleOf: lanes)
    let flip = Int32(types.flip)
    let layout = layout(runLength: geometry.segmentLength)
    let weights = panel + (ByteTileTypes.headByteCount + 8 * width)
    for channel in 0..<channels {
      let places = (0..<geometry.segmentLength).map { layout.place($0, channel: channel) }
      let bias = word(panel, ByteTileTypes.headByteCount + 4 * channel, as: Int32.self)
      let multiplier = word(panel, ByteTileTypes.headByteCount + 4 * (width + channel), as: Float.self)
      for pixel in 0..<columns {
        var sum = bias
        var runWeights = weights
        for row in 0..<geometry.kernelRows {
          for segment in 0..<geometry.segments {
            let run = pixel * geometry.input.pixel + row * geometry.kernelRowStep + segment * geometry.segmentStep
            for (element, place) in places.enumerated() {
              sum &+= (input[run + element] &+ flip) &* Int32(Int8(bitPattern: runWeights[place]))
            }
            runWeights += layout.byteCount
          }
        }
        let place = pixel * geometry.output.pixel + channel
        if types.output == .float32 {
          output.storeBytes(of: Float(sum) * multiplier, toByteOffset: 4 * place, as: Float.self)
        } else {
          let result = UInt8(truncatingIfNeeded: types.result(sum, multiplier, ResultLimits(panel)))
          output.storeBytes(of: result, toByteOffset: place, as: UInt8.self)
        }
      }
    }
  }
}

extension ByteDepthwiseTileShape {
  fileprivate func run(
    _ input: Numbers, _ panel: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer, _ columns: Int,
    _ geometry: DepthwiseGeometry
  ) {
    let lanes = Self.lanes
    for pixel in 0..<columns {
      for channel in 0..<channels {
        var sum = word(panel, ByteTileTypes.headByteCount + 4 * channel, as: Int32.self)
        for row in 0..<kernel.rows {
          for column in 0..<kernel.columns {
            let place = products.place(row: row, column: column, of: kernel, lane: channel, lanes: lanes)
            let weight = Int32(Int8(bitPattern: panel[ByteTileTypes.headByteCount + 8 * lanes + place]))
            let tap = row * geometry.kernelRowStep + column * geometry.kernelColumnStep
            let x = input[pixel * geometry.input.pixel + tap + channel]
            sum &+= (x &+ Int32(types.flip)) &* weight
          }
        }
        let multiplier = word(panel, ByteTileTypes.headByteCount + 4 * (lanes + channel), as: Float.self)
        output.storeBytes(
          of: UInt8(truncatingIfNeeded: types.result(sum, multiplier, ResultLimits(panel))),
          toByteOffset: pixel * geometry.output.pixel + channel, as: UInt8.self)
      }
    }
  }
}
