import KilnGeometry

extension ConvolutionGeometry {
  /// Elements after its weights that a tile asks for in all.
  @inline(__always)
  var tileAhead: Int { kernelRows &* segments &* segmentLength &* panelAhead }
}

/// A tile of output pixels x output channels that stays in registers through the whole reduction: emitted source.
protocol BlockTile {
  /// The types of the input's, the panels' and the output's elements.
  associatedtype Input
  associatedtype Panel
  associatedtype Output
  /// Output pixels.
  static var pixels: Int { get }
  /// Output channels.
  static var channels: Int { get }
  /// Computes one tile. The pointers are those of its first pixel, its first channel, and its block's panel; `ahead` is
  /// what it asks the caches for while it does.
  static func run(
    _ input: UnsafePointer<Input>, _ panel: UnsafePointer<Panel>, _ addend: UnsafePointer<Output>,
    _ output: UnsafeMutablePointer<Output>, _ geometry: UnsafePointer<ConvolutionGeometry>, ahead: UnsafePointer<Panel>)
}

/// A tile of float32.
///
/// `output[p, n] = activation(bias[n] + sum over k of input[p, k] * weight[k, n] + addend[p, n])`, the sum taken from
/// the bias on, one fused multiply-add a product, in the order kernel row, kernel column, input channel. With K products
/// |error| <= (K + 2) * 2^-24 * (|bias| + sum |input * weight|) to first order, before the activation.
protocol ConvolutionTile: BlockTile where Input == Float, Panel == Float, Output == Float {}

/// Convolves: `Tile` covers the pixels of a row, `EdgeTile` those that remain, `columns % Tile.pixels` of them.
///
/// Panels are packed `[groups][blocks][bias, slope, KH x KW x Cin][channels of a tile, whole vectors]`. `input` is the
/// element under the first tap of the first output pixel; it may lie in the input's border.
///
/// It becomes part of each call, where the geometry is known: most of its loops are then gone.
@inline(__always)
func convolve<Tile: ConvolutionTile, EdgeTile: ConvolutionTile>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Float>, _ panels: UnsafePointer<Float>,
  addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
) {
  convolveBlocks(Tile.self, EdgeTile.self, input, panels, addend, output, geometry)
}

/// As above, without an addend.
@inline(__always)
func convolve<Tile: ConvolutionTile, EdgeTile: ConvolutionTile>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Float>, _ panels: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
) {
  convolve(
    Tile.self, edge: EdgeTile.self, input, panels, addend: UnsafePointer(output), output, geometry)
}

/// Convolves with tiles of any elements.
@inline(__always)
func convolveBlocks<Tile: BlockTile, EdgeTile: BlockTile>(
  _: Tile.Type, _: EdgeTile.Type, _ input: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<Tile.Panel>,
  _ addend: UnsafePointer<Tile.Output>, _ output: UnsafeMutablePointer<Tile.Output>, _ geometry: ConvolutionGeometry
) where EdgeTile.Input == Tile.Input, EdgeTile.Panel == Tile.Panel, EdgeTile.Output == Tile.Output {
  withUnsafePointer(to: geometry) { pointer in
    forEachRegion(of: geometry) { group, image, row, column, rows, columns in
      convolveRegion(
        Tile.self, EdgeTile.self,
        input + geometry.input.offset(group: group, image: image, row: row, column: column),
        panels + group &* geometry.blocks &* geometry.panelStep,
        addend + geometry.addend.offset(group: group, image: image, row: row, column: column),
        output + geometry.output.offset(group: group, image: image, row: row, column: column),
        rows: rows, columns: columns, pointer)
    }
  }
}

/// Calls `body` for every region of output pixels of every image and group, with its first row and column and with its size.
@inline(__always)
func forEachRegion(
  of geometry: ConvolutionGeometry,
  _ body: (_ group: Int, _ image: Int, _ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Void
) {
  var group = 0
  while group < geometry.groups {
    var image = 0
    while image < geometry.images {
      var row = 0
      while row < geometry.rows {
        let rows = min(geometry.regionRows, geometry.rows &- row)
        var column = 0
        while column < geometry.columns {
          let columns = min(geometry.regionColumns, geometry.columns &- column)
          body(group, image, row, column, rows, columns)
          column &+= columns
        }
        row &+= rows
      }
      image &+= 1
    }
    group &+= 1
  }
}

/// Every block of channels passes over the pixels of one region: the panel of a block stays in the nearest caches.
@inline(__always)
private func convolveRegion<Tile: BlockTile, EdgeTile: BlockTile>(
  _: Tile.Type, _: EdgeTile.Type, _ input: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<Tile.Panel>,
  _ addend: UnsafePointer<Tile.Output>, _ output: UnsafeMutablePointer<Tile.Output>, rows: Int, columns: Int,
  _ geometry: UnsafePointer<ConvolutionGeometry>
) where EdgeTile.Input == Tile.Input, EdgeTile.Panel == Tile.Panel, EdgeTile.Output == Tile.Output {
  var stage = geometry.pointee
  stage.kernelRows = stage.stageRows
  let weightCount = geometry.pointee.kernelRows / max(stage.stageRows, 1) &* stage.stageStep
  var panel = panels
  var block = 0
  while block < geometry.pointee.blocks {
    let firstChannel = block &* Tile.channels
    var kernelRow = 0
    repeat {
      stage.stage.isFirst = kernelRow == 0
      stage.stage.isLast = kernelRow &+ stage.stageRows == geometry.pointee.kernelRows
      let nextWeight = stage.stage.firstWeight &+ stage.stageStep
      withUnsafePointer(to: stage) {
        convolveBlock(
          Tile.self, EdgeTile.self, input + kernelRow &* geometry.pointee.kernelRowStep, panel, addend + firstChannel,
          output + firstChannel, rows: rows, columns: columns, $0,
          ahead: panel + (geometry.pointee.panelStep &- weightCount &+ nextWeight))
      }
      stage.stage.firstWeight = nextWeight
      kernelRow &+= stage.stageRows
    } while kernelRow < geometry.pointee.kernelRows
    stage.stage.firstWeight = 0
    panel += geometry.pointee.panelStep
    block &+= 1
  }
}

/// One block of channels passes over the pixels of a region with the weights of one stage.
@inline(__always)
private func convolveBlock<Tile: BlockTile, EdgeTile: BlockTile>(
  _: Tile.Type, _: EdgeTile.Type, _ input: UnsafePointer<Tile.Input>, _ panel: UnsafePointer<Tile.Panel>,
  _ addend: UnsafePointer<Tile.Output>, _ output: UnsafeMutablePointer<Tile.Output>, rows: Int, columns: Int,
  _ geometry: UnsafePointer<ConvolutionGeometry>, ahead: UnsafePointer<Tile.Panel>
) where EdgeTile.Input == Tile.Input, EdgeTile.Panel == Tile.Panel, EdgeTile.Output == Tile.Output {
  let inputStep = geometry.pointee.input.pixel &* Tile.pixels
  let addendStep = geometry.pointee.addend.pixel &* Tile.pixels
  let outputStep = geometry.pointee.output.pixel &* Tile.pixels
  let tileAhead = geometry.pointee.tileAhead
  var ahead = ahead
  var row = 0
  while row < rows {
    var x = input + row &* geometry.pointee.input.row
    var a = addend + row &* geometry.pointee.addend.row
    var y = output + row &* geometry.pointee.output.row
    var left = columns
    while left >= Tile.pixels {
      Tile.run(x, panel, a, y, geometry, ahead: ahead)
      ahead += tileAhead
      x += inputStep
      a += addendStep
      y += outputStep
      left &-= Tile.pixels
    }
    if left > 0 {
      EdgeTile.run(x, panel, a, y, geometry, ahead: ahead)
      ahead += tileAhead
    }
    row &+= 1
  }
}
