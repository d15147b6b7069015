import KilnGeometry

/// A run of output pixels x one vector of channels, its weights in registers: emitted source.
protocol RunTile {
  /// The types of the input's, the panels' and the output's elements.
  associatedtype Input
  associatedtype Panel
  associatedtype Output
  /// Channels from one vector to the next.
  static var lanes: Int { get }
  /// Computes `columns` pixels of a row. The pointers are those of the first pixel and of the vector's first channel.
  static func run(
    _ input: UnsafePointer<Input>, _ panel: UnsafePointer<Panel>, _ addend: UnsafePointer<Output>,
    _ output: UnsafeMutablePointer<Output>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>)
}

/// A run of float32.
///
/// `output[p, c] = activation(bias[c] + sum over k of input[p, k, c] * weight[k, c] + addend[p, c])`, the sum taken from
/// the bias on, one fused multiply-add a product, in the order kernel row, kernel column. With K taps |error| <=
/// (K + 2) * 2^-24 * (|bias| + sum |input * weight|) to first order, before the activation.
protocol DepthwiseTile: RunTile where Input == Float, Panel == Float, Output == Float {}

extension DepthwiseTile {
  @inline(__always) static var lanes: Int { Vector.scalarCount }
}

/// Convolves every channel with its own kernel: `Tile` for whole vectors of channels, `RestTile` for those after.
///
/// Panels are packed `[vectors of channels][bias, slope, KH x KW][lanes]`. `input` is the element under the first tap of
/// the first output pixel; it may lie in the input's border.
@inline(__always)
func convolveDepthwise<Tile: DepthwiseTile, RestTile: DepthwiseTile>(
  _: Tile.Type, rest _: RestTile.Type, _ input: UnsafePointer<Float>, _ panels: UnsafePointer<Float>,
  addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ geometry: DepthwiseGeometry
) {
  convolveRuns(Tile.self, RestTile.self, input, panels, addend, output, geometry)
}

/// As above, without an addend.
@inline(__always)
func convolveDepthwise<Tile: DepthwiseTile, RestTile: DepthwiseTile>(
  _: Tile.Type, rest _: RestTile.Type, _ input: UnsafePointer<Float>, _ panels: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ geometry: DepthwiseGeometry
) {
  convolveDepthwise(
    Tile.self, rest: RestTile.self, input, panels, addend: UnsafePointer(output), output, geometry)
}

/// Convolves every channel with its own kernel, with tiles of any elements.
@inline(__always)
func convolveRuns<Tile: RunTile, RestTile: RunTile>(
  _: Tile.Type, _: RestTile.Type, _ input: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<Tile.Panel>,
  _ addend: UnsafePointer<Tile.Output>, _ output: UnsafeMutablePointer<Tile.Output>, _ geometry: DepthwiseGeometry
) where RestTile.Input == Tile.Input, RestTile.Panel == Tile.Panel, RestTile.Output == Tile.Output {
  withUnsafePointer(to: geometry) { pointer in
    var image = 0
    while image < geometry.images {
      var row = 0
      while row < geometry.rows {
        let rows = min(geometry.regionRows, geometry.rows &- row)
        var column = 0
        while column < geometry.columns {
          let columns = min(geometry.regionColumns, geometry.columns &- column)
          var x = input + geometry.input.offset(group: 0, image: image, row: row, column: column)
          var a = addend + geometry.addend.offset(group: 0, image: image, row: row, column: column)
          var y = output + geometry.output.offset(group: 0, image: image, row: row, column: column)
          var panel = panels
          var vector = 0
          while vector < geometry.vectors {
            convolveRegion(Tile.self, x, panel, a, y, rows: rows, columns: columns, pointer)
            x += Tile.lanes
            a += Tile.lanes
            y += Tile.lanes
            panel += geometry.panelStep
            vector &+= 1
          }
          if geometry.restChannels > 0 {
            convolveRegion(RestTile.self, x, panel, a, y, rows: rows, columns: columns, pointer)
          }
          column &+= columns
        }
        row &+= rows
      }
      image &+= 1
    }
  }
}

/// A vector of channels passes over the rows of one region: rows of the input that several output rows see stay in the
/// first cache.
@inline(__always)
private func convolveRegion<Tile: RunTile>(
  _: Tile.Type, _ input: UnsafePointer<Tile.Input>, _ panel: UnsafePointer<Tile.Panel>,
  _ addend: UnsafePointer<Tile.Output>, _ output: UnsafeMutablePointer<Tile.Output>, rows: Int, columns: Int,
  _ geometry: UnsafePointer<DepthwiseGeometry>
) {
  var row = 0
  while row < rows {
    Tile.run(
      input + row &* geometry.pointee.input.row, panel, addend + row &* geometry.pointee.addend.row,
      output + row &* geometry.pointee.output.row, columns: columns, geometry)
    row &+= 1
  }
}
