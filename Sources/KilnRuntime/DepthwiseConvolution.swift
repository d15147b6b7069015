import KilnGeometry

/// A run of output pixels x one vector of channels, its weights in registers: emitted source.
///
/// `output[p, c] = activation(bias[c] + sum over k of input[p, k, c] * weight[k, c] + addend[p, c])`, the sum taken from
/// the bias on, one fused multiply-add a product, in the order kernel row, kernel column. With K taps |error| <=
/// (K + 2) * 2^-24 * (|bias| + sum |input * weight|) to first order, before the activation.
protocol DepthwiseTile {
  /// Computes `columns` pixels of a row. The pointers are those of the first pixel and of the vector's first channel.
  static func run(
    _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>)
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
            x += Vector.scalarCount
            a += Vector.scalarCount
            y += Vector.scalarCount
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

/// As above, without an addend.
@inline(__always)
func convolveDepthwise<Tile: DepthwiseTile, RestTile: DepthwiseTile>(
  _: Tile.Type, rest _: RestTile.Type, _ input: UnsafePointer<Float>, _ panels: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ geometry: DepthwiseGeometry
) {
  convolveDepthwise(
    Tile.self, rest: RestTile.self, input, panels, addend: UnsafePointer(output), output, geometry)
}

/// A vector of channels passes over the rows of one region: rows of the input that several output rows see stay in the
/// first cache.
@inline(__always)
private func convolveRegion<Tile: DepthwiseTile>(
  _: Tile.Type, _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ addend: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, rows: Int, columns: Int, _ geometry: UnsafePointer<DepthwiseGeometry>
) {
  var row = 0
  while row < rows {
    Tile.run(
      input + row &* geometry.pointee.input.row, panel, addend + row &* geometry.pointee.addend.row,
      output + row &* geometry.pointee.output.row, columns: columns, geometry)
    row &+= 1
  }
}
