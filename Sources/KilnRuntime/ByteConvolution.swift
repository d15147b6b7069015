import KilnGeometry

/// A tile of numbers of 8 bits: `output[p, n] = limits(round(sum * multiplier[n]) + zeroPoint)` of `sum = bias[n] + sum over k of
/// input[p, k] * weight[k, n]`, exact in 32 bits, multiplied in float32, ties to even; where the output is real it is the product.
///
/// Panels are packed `[groups][blocks][head: zero point, least, largest in 8 bytes, shift; biases; multipliers; KH x KW x Cin / 4 of each
/// run][channels of a tile, whole units]`. A run's last four elements overlap those before where it isn't whole fours, with weights of 0.
protocol ByteConvolutionTile {
  associatedtype Input: ByteElement
  associatedtype Output
  /// Output pixels.
  static var pixels: Int { get }
  /// Output channels.
  static var channels: Int { get }
  /// Computes neighbouring tiles of a row, `columns` pixels in all. The pointers are those of the first pixel, its first channel, and the
  /// block's panel.
  static func run(
    _ input: UnsafePointer<Input>, _ panel: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<Output>, columns: Int,
    _ geometry: UnsafePointer<ConvolutionGeometry>)
}

/// Convolves numbers of 8 bits as `convolve` does those of float32; what surrounds the images is there as the zero point.
@inline(__always)
func convolveBytes<Tile: ByteConvolutionTile, EdgeTile: ByteConvolutionTile>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<Tile.Output>, _ geometry: ConvolutionGeometry
) where EdgeTile.Input == Tile.Input, EdgeTile.Output == Tile.Output {
  withUnsafePointer(to: geometry) { pointer in
    forEachRegion(of: geometry) { group, image, row, column, rows, columns in
      let x = input + geometry.input.offset(group: group, image: image, row: row, column: column)
      let y = output + geometry.output.offset(group: group, image: image, row: row, column: column)
      let whole = columns &- columns % Tile.pixels
      var panel = panels + group &* geometry.blocks &* geometry.panelStep
      var block = 0
      while block < geometry.blocks {
        var row = 0
        while row < rows {
          let first = x + row &* geometry.input.row
          let result = y + (row &* geometry.output.row &+ block &* Tile.channels)
          if whole > 0 { Tile.run(first, panel, result, columns: whole, pointer) }
          if whole < columns {
            EdgeTile.run(
              first + whole &* geometry.input.pixel, panel, result + whole &* geometry.output.pixel,
              columns: columns &- whole, pointer)
          }
          row &+= 1
        }
        panel += geometry.panelStep
        block &+= 1
      }
    }
  }
}

/// A run of numbers of 8 bits, of sixteen channels at a time: the same for one input channel.
///
/// Panels are packed `[sixteen channels][head: zero point, least, largest in 8 bytes, shift; biases; multipliers; pairs of taps][lanes]`;
/// where dot products take a column's four rows, `[columns of the kernel][lanes][rows]` instead of pairs.
protocol ByteDepthwiseTile: RunTile where Input: ByteElement, Panel == UInt8, Output: ByteElement {}

extension ByteDepthwiseTile {
  @inline(__always) static var lanes: Int { 16 }
}

/// Convolves every channel of numbers of 8 bits with its own kernel, as `convolveDepthwise` does those of float32.
@inline(__always)
func convolveDepthwiseBytes<Tile: ByteDepthwiseTile, RestTile: ByteDepthwiseTile>(
  _: Tile.Type, rest _: RestTile.Type, _ input: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<Tile.Output>, _ geometry: DepthwiseGeometry
) where RestTile.Input == Tile.Input, RestTile.Output == Tile.Output {
  convolveRuns(Tile.self, RestTile.self, input, panels, UnsafePointer(output), output, geometry)
}
