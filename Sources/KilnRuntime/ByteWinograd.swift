import KilnGeometry
import KilnIntrinsics

// Winograd's minimal filtering F(4x4, 3x3) of numbers of 8 bits in integers, over the points 0, ±1, ±2 and infinity: exact.
//
// `576 Y = At [(G g Gt) * (Bt d B)] A` with matrices of integers. Of numbers from -128 to 127, transformed inputs are at most 100 times as
// large, transformed weights 144 times, which 16 bits hold; their products are summed up modulo 2^32. The inverse of 9 modulo 2^32, which
// there is since 9 is odd, leaves `64 Y`, and that shifted by 6 is Y itself where it lies within ±2^25: the host takes care of that.
//
// Source of the matrices, which are multiplied by what makes them integers: Lavin and Gray, Fast Algorithms for Convolutional Neural
// Networks, 2015.

/// A tile of a Winograd convolution of numbers of 8 bits: some tiles of the image by some output channels, plane by plane.
protocol ByteWinogradTile {
  associatedtype Input: ByteElement
  associatedtype Output
  /// Tiles of the image.
  static var pixels: Int { get }
  /// Output channels, of which eight are handled at a time.
  static var channels: Int { get }
  /// Adds the products of one plane to its sums.
  ///
  /// - Parameters:
  ///   - x: the transformed numbers of the first tile, `step` apart from those of the next.
  ///   - weights: `[depth / 16][16 * channels]`, in the order that the machine multiplies in.
  ///   - sums: `[tile][channel]`.
  ///   - depth: input channels, whole sixteens.
  static func multiply(
    _ x: UnsafePointer<Int16>, step: Int, _ weights: UnsafePointer<Int16>, _ sums: UnsafeMutablePointer<Int32>,
    depth: Int)
  /// Rounds eight sums and stores the results.
  static func store(
    _ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, _ limits: ResultLimits, _ output: UnsafeMutablePointer<Output>)
  /// Stores the first `count` results.
  static func store(
    _ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, _ limits: ResultLimits, _ output: UnsafeMutablePointer<Output>,
    count: Int)
}

extension ByteWinogradTile {
  /// Where a panel has its biases, multipliers and weights.
  @inline(__always) fileprivate static var biases: Int { 64 }
  @inline(__always) fileprivate static var multipliers: Int { biases &+ 4 &* channels }
  @inline(__always) fileprivate static var weights: Int { biases &+ 8 &* channels }
}

/// Convolves numbers of 8 bits with a 3x3 kernel and steps of one pixel: blocks of tiles are transformed, multiplied with one block of
/// output channels after the other, whose weights are transformed for it, and transformed back.
///
/// The last tile of a row, or of a column, is moved back until it ends with the image. Panels are packed
/// `[block][head: zero point, least, largest in 8 bytes, shift; biases; multipliers; sixteen weights of a tap, of all taps of all]`.
///
/// Precondition: at least sixteen input channels.
func convolveWinogradBytes<Tile: ByteWinogradTile, EdgeTile: ByteWinogradTile>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<Tile.Output>, workspace: UnsafeMutablePointer<Float>, _ geometry: WinogradGeometry
) where EdgeTile.Input == Tile.Input, EdgeTile.Output == Tile.Output {
  let block = ByteWinogradBlock(workspace, geometry, channels: Tile.channels)
  let panelStep = Tile.weights &+ 9 &* block.layout.depth &* Tile.channels
  var first = 0
  while first < geometry.tiles {
    let count = min(geometry.blockTiles, geometry.tiles &- first)
    forEachTile(Tile.self, count) { tile, group, lanes, lane in
      let place = WinogradPlace(geometry.firstTile &+ first &+ tile, 4, geometry)
      transformTile(
        input + geometry.input.offset(group: 0, image: place.image, row: place.row, column: place.column),
        block.tiles + (group &* ByteWinogradWorkspace.planes &+ lane) &* block.layout.depthStep,
        plane: lanes &* block.layout.depthStep, block, geometry)
    }
    var channel = 0
    var panel = panels
    while channel < geometry.outputChannels {
      multiplyBlock(Tile.self, EdgeTile.self, panel + Tile.weights, block, count)
      forEachTile(Tile.self, count) { tile, group, lanes, lane in
        finishTile(
          Tile.self, block.sums + (group &* ByteWinogradWorkspace.planes &+ lane) &* Tile.channels,
          plane: lanes &* Tile.channels, panel, output + channel,
          min(Tile.channels, geometry.outputChannels &- channel),
          WinogradPlace(geometry.firstTile &+ first &+ tile, 4, geometry), block, geometry)
      }
      panel += panelStep
      channel &+= Tile.channels
    }
    first &+= count
  }
}

/// The workspace.
///
/// Transformed tiles, and their sums, lie in groups of a register tile's, all planes of a group together.
private struct ByteWinogradBlock {
  let layout: ByteWinogradWorkspace
  private let start: UnsafeMutableRawPointer

  @inline(__always)
  init(_ workspace: UnsafeMutablePointer<Float>, _ geometry: WinogradGeometry, channels: Int) {
    layout = ByteWinogradWorkspace(
      inputChannels: geometry.inputChannels, blockTiles: geometry.blockTiles, channels: channels)
    start = UnsafeMutableRawPointer(workspace)
  }

  @inline(__always) private func address<Element>(_ offset: Int) -> UnsafeMutablePointer<Element> {
    (start + offset).assumingMemoryBound(to: Element.self)
  }

  /// One vector of channels of a tile, its rows and columns.
  @inline(__always) var patch: UnsafeMutablePointer<Int16> { address(0) }
  @inline(__always) var sumsPatch: UnsafeMutablePointer<Int32> { address(0) }
  @inline(__always) var weights: UnsafeMutablePointer<Int16> { address(layout.weights) }
  @inline(__always) var tiles: UnsafeMutablePointer<Int16> { address(layout.tiles) }
  @inline(__always) var sums: UnsafeMutablePointer<Int32> { address(layout.sums) }
}

/// Calls `body` with each of `count` tiles: its number, the first of its group, how many that has, and its place among them.
@inline(__always)
private func forEachTile<Tile: ByteWinogradTile>(
  _: Tile.Type, _ count: Int, _ body: (_ tile: Int, _ group: Int, _ lanes: Int, _ lane: Int) -> Void
) {
  var group = 0
  while group < count {
    let lanes = min(Tile.pixels, count &- group)
    var lane = 0
    while lane < lanes {
      body(group &+ lane, group, lanes, lane)
      lane &+= 1
    }
    group &+= lanes
  }
}

/// The sums of one block of output channels, of `count` tiles.
@inline(__always)
private func multiplyBlock<Tile: ByteWinogradTile, EdgeTile: ByteWinogradTile>(
  _: Tile.Type, _: EdgeTile.Type, _ weights: UnsafePointer<UInt8>, _ block: ByteWinogradBlock, _ count: Int
) {
  let (planes, depth, step) = (ByteWinogradWorkspace.planes, block.layout.depth, block.layout.depthStep)
  block.sums.update(repeating: 0, count: planes &* count &* Tile.channels)
  var first = 0
  while first < depth {
    let part = min(block.layout.weightDepth, depth &- first)
    transformWeights(weights + 9 &* first &* Tile.channels, block, count: part &* Tile.channels)
    var plane = 0
    while plane < planes {
      let planeWeights = UnsafePointer(block.weights + plane &* block.layout.weightStep)
      var group = 0
      while group < count {
        let lanes = min(Tile.pixels, count &- group)
        let tile = group &* planes &+ plane &* lanes
        let x = UnsafePointer(block.tiles + (tile &* step &+ first))
        if lanes == Tile.pixels {
          Tile.multiply(x, step: step, planeWeights, block.sums + tile &* Tile.channels, depth: part)
        } else {
          EdgeTile.multiply(x, step: step, planeWeights, block.sums + tile &* Tile.channels, depth: part)
        }
        group &+= lanes
      }
      plane &+= 1
    }
    first &+= part
  }
}

// MARK: Transforms

private typealias Numbers = SIMD16<Int16>

@inline(__always)
private func read<Element, Vector>(_ address: UnsafePointer<Element>, as _: Vector.Type) -> Vector {
  UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
}

@inline(__always)
private func write<Element, Vector>(_ vector: Vector, _ address: UnsafeMutablePointer<Element>) {
  UnsafeMutableRawPointer(address).storeBytes(of: vector, as: Vector.self)
}

/// All channels of a tile of the input: where they aren't whole sixteens, the last sixteen overlap those before, with weights of 0.
@inline(never)
private func transformTile<Element: ByteElement>(
  _ input: UnsafePointer<Element>, _ transformed: UnsafeMutablePointer<Int16>, plane: Int, _ block: ByteWinogradBlock,
  _ geometry: WinogradGeometry
) {
  let (row, pixel) = (geometry.input.row, geometry.input.pixel)
  var channel = 0
  while channel < geometry.inputChannels {
    let first = input + min(channel, geometry.inputChannels &- 16)
    transformVector(transformed + channel, plane: plane, block.patch) { y, x in
      kiln_signed_i16x16(loadBytes(first + (y &* row &+ x &* pixel)), Element.isUnsigned)
    }
    channel &+= 16
  }
}

/// `Bt d B` of one vector of channels.
///
/// Columns come first, by way of memory: a whole tile has more vectors than there are registers.
@inline(__always)
private func transformVector(
  _ planes: UnsafeMutablePointer<Int16>, plane: Int, _ patch: UnsafeMutablePointer<Int16>,
  _ element: (_ y: Int, _ x: Int) -> Numbers
) {
  var x = 0
  while x < 6 {
    let values = atPoints(element(0, x), element(1, x), element(2, x), element(3, x), element(4, x), element(5, x))
    writeColumn(values, patch + 16 &* x, step: 96)
    x &+= 1
  }
  var y = 0
  while y < 6 {
    @inline(__always) func value(_ x: Int) -> Numbers { read(patch + (96 &* y &+ 16 &* x), as: Numbers.self) }
    writeColumn(
      atPoints(value(0), value(1), value(2), value(3), value(4), value(5)), planes + 6 &* y &* plane, step: plane)
    y &+= 1
  }
}

private typealias AtPoints = (Numbers, Numbers, Numbers, Numbers, Numbers, Numbers)

@inline(__always)
private func writeColumn(_ values: AtPoints, _ address: UnsafeMutablePointer<Int16>, step: Int) {
  write(values.0, address)
  write(values.1, address + step)
  write(values.2, address + 2 &* step)
  write(values.3, address + 3 &* step)
  write(values.4, address + 4 &* step)
  write(values.5, address + 5 &* step)
}

/// `Bt`: [4 0 -5 0 1 0], [0 4 4 -1 -1 0], [0 -4 4 1 -1 0], [0 -2 -1 2 1 0], [0 2 -1 -2 1 0], [0 4 0 -5 0 1].
@inline(__always)
private func atPoints(
  _ d0: Numbers, _ d1: Numbers, _ d2: Numbers, _ d3: Numbers, _ d4: Numbers, _ d5: Numbers
) -> AtPoints {
  let (even, odd) = (quadruple(d2) &- d4, quadruple(d1) &- d3)
  let (farEven, farOdd) = (d4 &- d2, double(d3 &- d1))
  return (
    quadruple(d0 &- d2) &+ farEven, even &+ odd, even &- odd, farEven &+ farOdd, farEven &- farOdd,
    d5 &- d3 &- double(farOdd)
  )
}

@inline(__always) private func double(_ numbers: Numbers) -> Numbers { numbers &+ numbers }
@inline(__always) private func quadruple(_ numbers: Numbers) -> Numbers { double(double(numbers)) }

/// `G g Gt` of some weights, sixteen of each tap after sixteen of the one before.
@inline(never)
private func transformWeights(_ weights: UnsafePointer<UInt8>, _ block: ByteWinogradBlock, count: Int) {
  let patch = block.patch
  var first = 0
  while first < count {
    let taps = UnsafeRawPointer(weights + 9 &* first).assumingMemoryBound(to: Int8.self)
    var x = 0
    while x < 3 {
      @inline(__always) func tap(_ y: Int) -> Numbers {
        kiln_signed_i16x16(loadBytes(taps + 16 &* (3 &* y &+ x)), false)
      }
      writeColumn(ofKernel(tap(0), tap(1), tap(2)), patch + 16 &* x, step: 48)
      x &+= 1
    }
    var y = 0
    while y < 6 {
      @inline(__always) func value(_ x: Int) -> Numbers { read(patch + (48 &* y &+ 16 &* x), as: Numbers.self) }
      writeColumn(
        ofKernel(value(0), value(1), value(2)), block.weights + (6 &* y &* block.layout.weightStep &+ first),
        step: block.layout.weightStep)
      y &+= 1
    }
    first &+= 16
  }
}

/// `G`: [6 0 0], [4 4 4], [4 -4 4], [1 2 4], [1 -2 4], [0 0 12].
@inline(__always)
private func ofKernel(_ g0: Numbers, _ g1: Numbers, _ g2: Numbers) -> AtPoints {
  let (outer, middle) = (g0 &+ g2, double(g1))
  let far = g0 &+ quadruple(g2)
  return (
    g0 &* 6, quadruple(outer &+ g1), quadruple(outer &- g1), far &+ middle, far &- middle, g2 &* 12
  )
}

/// `At m A` of all channels of one block of a tile, rounded and stored.
@inline(never)
private func finishTile<Tile: ByteWinogradTile>(
  _: Tile.Type, _ sums: UnsafePointer<Int32>, plane: Int, _ panel: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<Tile.Output>, _ channels: Int, _ place: WinogradPlace, _ block: ByteWinogradBlock,
  _ geometry: WinogradGeometry
) {
  typealias Sums = SIMD8<Int32>
  let limits = ResultLimits(panel)
  let patch = block.sumsPatch
  let output = output + geometry.output.offset(group: 0, image: place.image, row: place.row, column: place.column)
  var channel = 0
  while channel < channels {
    var x = 0
    while x < 6 {
      @inline(__always) func sum(_ y: Int) -> Sums { read(sums + (channel &+ (6 &* y &+ x) &* plane), as: Sums.self) }
      let (y0, y1, y2, y3) = fromPoints(sum(0), sum(1), sum(2), sum(3), sum(4), sum(5))
      write(y0, patch + 8 &* x)
      write(y1, patch + 8 &* (6 &+ x))
      write(y2, patch + 8 &* (12 &+ x))
      write(y3, patch + 8 &* (18 &+ x))
      x &+= 1
    }
    let bias = read(panel + (Tile.biases &+ 4 &* channel), as: Sums.self)
    let multiplier = read(panel + (Tile.multipliers &+ 4 &* channel), as: SIMD8<Float>.self)
    var y = place.skippedRows
    while y < 4 {
      let row = patch + 48 &* y
      @inline(__always) func sum(_ x: Int) -> Sums { read(row + 8 &* x, as: Sums.self) }
      let (x0, x1, x2, x3) = fromPoints(sum(0), sum(1), sum(2), sum(3), sum(4), sum(5))
      write(biased(x0, bias), row)
      write(biased(x1, bias), row + 8)
      write(biased(x2, bias), row + 16)
      write(biased(x3, bias), row + 24)
      var x = place.skippedColumns
      while x < 4 {
        let result = output + (channel &+ y &* geometry.output.row &+ x &* geometry.output.pixel)
        if channel &+ 8 <= channels {
          Tile.store(sum(x), multiplier, limits, result)
        } else {
          Tile.store(sum(x), multiplier, limits, result, count: channels &- channel)
        }
        x &+= 1
      }
      y &+= 1
    }
    channel &+= 8
  }
}

/// `At`: [1 1 1 1 1 0], [0 1 -1 2 -2 0], [0 1 1 4 4 0], [0 1 -1 8 -8 2].
@inline(__always)
private func fromPoints(
  _ m0: SIMD8<Int32>, _ m1: SIMD8<Int32>, _ m2: SIMD8<Int32>, _ m3: SIMD8<Int32>, _ m4: SIMD8<Int32>,
  _ m5: SIMD8<Int32>
) -> (SIMD8<Int32>, SIMD8<Int32>, SIMD8<Int32>, SIMD8<Int32>) {
  @inline(__always) func double(_ sums: SIMD8<Int32>) -> SIMD8<Int32> { sums &+ sums }
  let (near, nearDifference) = (m1 &+ m2, m1 &- m2)
  let (far, farDifference) = (m3 &+ m4, double(m3 &- m4))
  return (
    m0 &+ near &+ far, nearDifference &+ farDifference, near &+ double(double(far)),
    nearDifference &+ double(double(farDifference) &+ m5)
  )
}

/// The 576th part of sums, with their biases.
@inline(__always)
private func biased(_ sums: SIMD8<Int32>, _ bias: SIMD8<Int32>) -> SIMD8<Int32> {
  // 9 * 954437177 is 1 modulo 2^32.
  ((sums &* 954_437_177) &>> 6) &+ bias
}
