import KilnGeometry

/// What a tile of `outputs` x `outputs` sums is made from, after Winograd and Toom-Cook: `edge = outputs + 2` rows and
/// columns of the input become `edge * edge` planes, each of which is multiplied by its own weights.
///
/// `Y = At [(G g Gt) * (Bt d B)] A`, source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
protocol WinogradTransform {
  /// What it computes with.
  associatedtype Lanes: WinogradLanes
  /// Rows, and columns, of a tile of the output.
  static var outputs: Int { get }
  /// One vector of channels of a tile of the input, `Bt d B`, stored `plane` apart.
  static func transformInput(
    _ input: UnsafePointer<Lanes.Element>, row: Int, pixel: Int, _ planes: UnsafeMutablePointer<Lanes.Element>,
    plane: Int)
  /// One vector of channels of a tile of the output, `At m A`, each sum given to `Finish`.
  static func transformOutput<Finish: WinogradFinish<Lanes>>(
    _: Finish.Type, _ planes: UnsafePointer<Lanes.Element>, plane: Int, _ target: WinogradTarget<Lanes>)
}

/// Where the sums of a tile go: the pointers are those of its first pixel's first channel.
struct WinogradTarget<Lanes: WinogradLanes> {
  var bias: Lanes
  var slope: Lanes
  var addend: UnsafePointer<Lanes.Element>
  var addendRow: Int
  var addendPixel: Int
  var output: UnsafeMutablePointer<Lanes.Element>
  var outputRow: Int
  var outputPixel: Int
}

/// What happens to each sum: bias, addend, activation, store.
protocol WinogradFinish<Lanes> {
  /// What it computes with.
  associatedtype Lanes: WinogradLanes
  /// Whether one slope per channel follows the biases.
  static var hasSlope: Bool { get }
  /// Whether it is worth writing out for every pixel of a tile.
  static var isCheap: Bool { get }
  /// Finishes a vector of sums.
  static func finish(
    _ sum: Lanes, bias: Lanes, slope: Lanes, _ addend: UnsafePointer<Lanes.Element>,
    _ output: UnsafeMutablePointer<Lanes.Element>)
  /// Finishes its first `count` channels.
  static func finish(
    _ sum: Lanes, bias: Lanes, slope: Lanes, _ addend: UnsafePointer<Lanes.Element>,
    _ output: UnsafeMutablePointer<Lanes.Element>,
    count: Int)
}

/// Stores the sums as they are.
private enum WinogradSums<Lanes: WinogradLanes>: WinogradFinish {
  static var hasSlope: Bool { false }
  static var isCheap: Bool { true }

  @inline(__always)
  static func finish(
    _ sum: Lanes, bias: Lanes, slope: Lanes, _ addend: UnsafePointer<Lanes.Element>,
    _ output: UnsafeMutablePointer<Lanes.Element>
  ) { sum.write(output) }

  @inline(__always)
  static func finish(
    _ sum: Lanes, bias: Lanes, slope: Lanes, _ addend: UnsafePointer<Lanes.Element>,
    _ output: UnsafeMutablePointer<Lanes.Element>,
    count: Int
  ) { sum.write(output, count: count) }
}

/// Convolves with a 3x3 kernel and steps of one pixel: a block of tiles of the input is transformed into the workspace,
/// then, for one block of output channels after the other, multiplied plane by plane and transformed back.
///
/// A block of channels as wide as the register tile leaves the transformed tiles in a near cache, and reads all weights once
/// for each block of tiles. One of all channels lets more tiles and their products pass by farther away, and reads weights
/// less often.
///
/// `Tile` multiplies `Tile.pixels` tiles by `Tile.channels` output channels, `EdgeTile` those tiles that remain,
/// `tiles % Tile.pixels` of them. The last tile of a row, or of a column, is moved back until it ends with the image; of
/// it only what no other tile computes is stored. `heads` are `[biases, slopes if there are any]`, whole vectors,
/// `panels` `[block][plane][1 + Cin][Tile.channels]`, a panel's first row zeros. `input` is the element under the first
/// tap of the first output pixel. `workspace` holds, in elements, a tile's input, `blockTiles` transformed tiles of
/// `WinogradGeometry.depth`, and as many of `blockChannels`.
func convolveWinograd<Transform: WinogradTransform, Tile: BlockTile, EdgeTile: BlockTile, Finish: WinogradFinish>(
  _: Transform.Type, _: Tile.Type, edge _: EdgeTile.Type, _: Finish.Type,
  _ input: UnsafePointer<Tile.Input>, _ heads: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<Tile.Input>,
  addend: UnsafePointer<Tile.Input>, _ output: UnsafeMutablePointer<Tile.Input>,
  workspace: UnsafeMutablePointer<Float>, _ geometry: WinogradGeometry
)
where
  Tile.Panel == Tile.Input, Tile.Output == Tile.Input, EdgeTile.Input == Tile.Input, EdgeTile.Panel == Tile.Input,
  EdgeTile.Output == Tile.Input, Transform.Lanes.Element == Tile.Input, Finish.Lanes == Transform.Lanes
{
  let workspace = UnsafeMutableRawPointer(workspace).assumingMemoryBound(to: Tile.Input.self)
  let block = WinogradBlock<Transform.Lanes>(
    geometry, planes: (Transform.outputs &+ 2) &* (Transform.outputs &+ 2), pixels: Tile.pixels, workspace)
  let panelStep = (1 &+ geometry.inputChannels) &* (block.planes &* geometry.blockChannels)
  var first = 0
  while first < geometry.tiles {
    let count = min(geometry.blockTiles, geometry.tiles &- first)
    transformBlock(Transform.self, Tile.self, input, block, geometry.firstTile &+ first, count, geometry)
    var channel = 0
    var panel = panels
    while channel < geometry.outputChannels {
      let channels = min(geometry.blockChannels, geometry.outputChannels &- channel)
      multiplyBlock(Tile.self, EdgeTile.self, panel, block, count, channels: channels, geometry)
      finishBlock(
        Transform.self, Tile.self, Finish.self, block, geometry.firstTile &+ first, count, heads + channel,
        addend + channel, output + channel, channels: channels, geometry)
      panel += panelStep
      channel &+= channels
    }
    first &+= count
  }
}

/// As above, without an addend.
@inline(__always)
func convolveWinograd<Transform: WinogradTransform, Tile: BlockTile, EdgeTile: BlockTile, Finish: WinogradFinish>(
  _: Transform.Type, _: Tile.Type, edge _: EdgeTile.Type, _: Finish.Type,
  _ input: UnsafePointer<Tile.Input>, _ heads: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<Tile.Input>,
  _ output: UnsafeMutablePointer<Tile.Input>, workspace: UnsafeMutablePointer<Float>, _ geometry: WinogradGeometry
)
where
  Tile.Panel == Tile.Input, Tile.Output == Tile.Input, EdgeTile.Input == Tile.Input, EdgeTile.Panel == Tile.Input,
  EdgeTile.Output == Tile.Input, Transform.Lanes.Element == Tile.Input, Finish.Lanes == Transform.Lanes
{
  convolveWinograd(
    Transform.self, Tile.self, edge: EdgeTile.self, Finish.self, input, heads, panels,
    addend: UnsafePointer(output), output, workspace: workspace, geometry)
}

/// The workspace.
///
/// Transformed tiles, and their products, lie in groups of a register tile's, all planes of a group together.
private struct WinogradBlock<Lanes: WinogradLanes> {
  /// Planes of a tile.
  var planes: Int
  /// Planes of all tiles that are there at once: from the products of one register tile's channels to those of the next there
  /// are as many times these channels.
  var allPlanes: Int
  /// Elements of a transformed tile's plane: whole vectors of input channels, or some more.
  var depth: Int
  /// A tile's input or sums, where they are handled one by one.
  var patch: UnsafeMutablePointer<Lanes.Element>
  /// The transformed tiles: `[group][plane][tile][depth]`.
  var transformed: UnsafeMutablePointer<Lanes.Element>
  /// Their products with a block of output channels: `[channels of a register tile][group][plane][tile][channel]`.
  var products: UnsafeMutablePointer<Lanes.Element>

  @inline(__always)
  init(_ geometry: WinogradGeometry, planes: Int, pixels: Int, _ workspace: UnsafeMutablePointer<Lanes.Element>) {
    self.planes = planes
    allPlanes = geometry.blockTiles &* planes
    let width = Lanes.scalarCount
    depth = WinogradGeometry.depth(
      inputChannels: geometry.inputChannels, width: width, pixels: pixels,
      elementByteCount: MemoryLayout<Lanes.Element>.stride)
    patch = workspace
    transformed = patch + planes &* width
    products = transformed + allPlanes &* depth
  }
}

/// Transforms the input of `count` tiles.
@inline(__always)
private func transformBlock<Transform: WinogradTransform, Tile: BlockTile>(
  _: Transform.Type, _: Tile.Type, _ input: UnsafePointer<Transform.Lanes.Element>,
  _ block: WinogradBlock<Transform.Lanes>, _ first: Int, _ count: Int, _ geometry: WinogradGeometry
) {
  forEachTile(Tile.self, of: block, first, count, outputs: Transform.outputs, geometry) { place, tile, lanes in
    transformTile(
      Transform.self,
      input + geometry.input.offset(group: 0, image: place.image, row: place.row, column: place.column),
      block.transformed + tile &* block.depth, plane: lanes &* block.depth, patch: block.patch, geometry)
  }
}

/// Multiplies the planes of `count` tiles by those of a block of output channels.
@inline(__always)
private func multiplyBlock<Lanes: WinogradLanes, Tile: BlockTile, EdgeTile: BlockTile>(
  _: Tile.Type, _: EdgeTile.Type, _ panels: UnsafePointer<Lanes.Element>, _ block: WinogradBlock<Lanes>, _ count: Int,
  channels: Int, _ geometry: WinogradGeometry
)
where
  Tile.Input == Lanes.Element, Tile.Panel == Lanes.Element, Tile.Output == Lanes.Element,
  EdgeTile.Input == Lanes.Element, EdgeTile.Panel == Lanes.Element, EdgeTile.Output == Lanes.Element
{
  let panelStep = (1 &+ geometry.inputChannels) &* Tile.channels
  // The next panel is asked for while this one's tiles are multiplied: a cache line a product at most.
  let multiplications = (count &+ Tile.pixels &- 1) / Tile.pixels &* geometry.inputChannels
  let input = ConvolutionSteps(group: 0, image: 0, row: 0, pixel: block.depth)
  let output = ConvolutionSteps(group: 0, image: 0, row: 0, pixel: Tile.channels)
  let product = ConvolutionGeometry(
    kernelRows: 1, kernelRowStep: 0, segments: 1, segmentStep: 0, segmentLength: geometry.inputChannels, groups: 1,
    blocks: 1, images: 1, rows: 1, columns: 1, regionRows: 1, regionColumns: 1, panelStep: panelStep,
    stageRows: 1, stageStep: geometry.inputChannels &* Tile.channels,
    panelAhead: min(16, (panelStep &+ multiplications &- 1) / multiplications),
    inputAhead: block.planes &* Tile.pixels &* block.depth, inputAheadStep: Tile.pixels, input: input, addend: output,
    output: output)
  withUnsafePointer(to: product) { product in
    var panel = panels
    var plane = 0
    while plane < block.planes {
      var products = block.products
      var channel = 0
      while channel < channels {
        channel &+= Tile.channels
        let next = channel < channels ? panel + block.planes &* panelStep : panels + (plane &+ 1) &* panelStep
        var ahead = next
        var group = 0
        while group < count {
          let lanes = min(Tile.pixels, count &- group)
          let tile = group &* block.planes &+ plane &* lanes
          let target = products + tile &* Tile.channels
          if lanes == Tile.pixels {
            Tile.run(block.transformed + tile &* block.depth, panel, target, target, product, ahead: ahead)
          } else {
            EdgeTile.run(block.transformed + tile &* block.depth, panel, target, target, product, ahead: ahead)
          }
          ahead += product.pointee.tileAhead
          group &+= lanes
        }
        panel = next
        products += block.allPlanes &* Tile.channels
      }
      plane &+= 1
    }
  }
}

/// Transforms the products of `count` tiles back and stores a block of output channels.
@inline(__always)
private func finishBlock<Transform: WinogradTransform, Tile: BlockTile, Finish: WinogradFinish<Transform.Lanes>>(
  _: Transform.Type, _: Tile.Type, _: Finish.Type, _ block: WinogradBlock<Transform.Lanes>, _ first: Int,
  _ count: Int, _ heads: UnsafePointer<Transform.Lanes.Element>, _ addend: UnsafePointer<Transform.Lanes.Element>,
  _ output: UnsafeMutablePointer<Transform.Lanes.Element>, channels: Int, _ geometry: WinogradGeometry
) {
  var channel = 0
  var products = block.products
  while channel < channels {
    forEachTile(Tile.self, of: block, first, count, outputs: Transform.outputs, geometry) { place, tile, lanes in
      finishTile(
        Transform.self, Finish.self, products + tile &* Tile.channels, plane: lanes &* Tile.channels, place,
        heads + channel, addend + channel, output + channel, min(Tile.channels, channels &- channel),
        patch: block.patch, geometry)
    }
    channel &+= Tile.channels
    products += block.allPlanes &* Tile.channels
  }
}

/// Calls `body` with each of `count` tiles of a block: where it lies in the image, and the index of its first plane
/// among the block's, whose planes are `lanes` apart.
@inline(__always)
private func forEachTile<Lanes: WinogradLanes, Tile: BlockTile>(
  _: Tile.Type, of block: WinogradBlock<Lanes>, _ first: Int, _ count: Int, outputs: Int, _ geometry: WinogradGeometry,
  _ body: (_ place: WinogradPlace, _ tile: Int, _ lanes: Int) -> Void
) {
  var group = 0
  while group < count {
    let lanes = min(Tile.pixels, count &- group)
    var lane = 0
    while lane < lanes {
      let place = WinogradPlace(first &+ group &+ lane, outputs, geometry)
      body(place, group &* block.planes &+ lane, lanes)
      lane &+= 1
    }
    group &+= lanes
  }
}

/// All channels of a tile of the input; the last ones are copied to whole vectors first.
@inline(never)
private func transformTile<Transform: WinogradTransform>(
  _: Transform.Type, _ input: UnsafePointer<Transform.Lanes.Element>,
  _ transformed: UnsafeMutablePointer<Transform.Lanes.Element>, plane: Int,
  patch: UnsafeMutablePointer<Transform.Lanes.Element>, _ geometry: WinogradGeometry
) {
  let width = Transform.Lanes.scalarCount
  let (row, pixel) = (geometry.input.row, geometry.input.pixel)
  var channel = 0
  while channel &+ width <= geometry.inputChannels {
    Transform.transformInput(input + channel, row: row, pixel: pixel, transformed + channel, plane: plane)
    channel &+= width
  }
  let rest = geometry.inputChannels &- channel
  if rest > 0 {
    let edge = Transform.outputs &+ 2
    var y = 0
    while y < edge {
      var x = 0
      while x < edge {
        let lanes = Transform.Lanes.read(input + (y &* row &+ x &* pixel &+ channel), count: rest)
        lanes.write(patch + (y &* edge &+ x) &* width)
        x &+= 1
      }
      y &+= 1
    }
    Transform.transformInput(patch, row: edge &* width, pixel: width, transformed + channel, plane: plane)
  }
}

/// The output channels of one block of a tile: at once where whole vectors of the whole tile are stored, else by way of
/// a patch of sums.
@inline(never)
private func finishTile<Transform: WinogradTransform, Finish: WinogradFinish<Transform.Lanes>>(
  _: Transform.Type, _: Finish.Type, _ products: UnsafePointer<Transform.Lanes.Element>, plane: Int,
  _ place: WinogradPlace, _ heads: UnsafePointer<Transform.Lanes.Element>,
  _ addend: UnsafePointer<Transform.Lanes.Element>, _ output: UnsafeMutablePointer<Transform.Lanes.Element>,
  _ channels: Int, patch: UnsafeMutablePointer<Transform.Lanes.Element>, _ geometry: WinogradGeometry
) {
  let width = Transform.Lanes.scalarCount
  let slopes =
    heads + (Finish.hasSlope ? (geometry.outputChannels &+ width &- 1) / width &* width : 0)
  let addend = addend + geometry.addend.offset(group: 0, image: place.image, row: place.row, column: place.column)
  let output = output + geometry.output.offset(group: 0, image: place.image, row: place.row, column: place.column)
  var channel = 0
  if Finish.isCheap && place.skippedRows | place.skippedColumns == 0 {
    while channel &+ width <= channels {
      Transform.transformOutput(
        Finish.self, products + channel, plane: plane,
        WinogradTarget(
          bias: .read(heads + channel), slope: .read(slopes + channel), addend: addend + channel,
          addendRow: geometry.addend.row, addendPixel: geometry.addend.pixel, output: output + channel,
          outputRow: geometry.output.row, outputPixel: geometry.output.pixel))
      channel &+= width
    }
  }
  while channel < channels {
    let bias = Transform.Lanes.read(heads + channel)
    let slope = Transform.Lanes.read(slopes + channel)
    Transform.transformOutput(
      WinogradSums<Transform.Lanes>.self, products + channel, plane: plane,
      WinogradTarget(
        bias: bias, slope: slope, addend: patch, addendRow: 0, addendPixel: 0, output: patch,
        outputRow: Transform.outputs &* width, outputPixel: width))
    var y = place.skippedRows
    while y < Transform.outputs {
      var x = place.skippedColumns
      while x < Transform.outputs {
        let sum = Transform.Lanes.read(patch + (y &* Transform.outputs &+ x) &* width)
        let a = addend + (y &* geometry.addend.row &+ x &* geometry.addend.pixel &+ channel)
        let o = output + (y &* geometry.output.row &+ x &* geometry.output.pixel &+ channel)
        if channel &+ width <= channels {
          Finish.finish(sum, bias: bias, slope: slope, a, o)
        } else {
          Finish.finish(sum, bias: bias, slope: slope, a, o, count: channels &- channel)
        }
        x &+= 1
      }
      y &+= 1
    }
    channel &+= width
  }
}
