import KilnGeometry

/// A tile of numbers of 8 bits: `output[p, n] = limits(round(sum * multiplier[n]) + zeroPoint)` of `sum = bias[n] + sum over k of
/// input[p, k] * weight[k, n]`, exact in 32 bits, multiplied in float32, ties to even.
///
/// Panels are packed `[groups][blocks][head: zero point, least, largest in 8 bytes; biases; multipliers; KH x KW x Cin / 4 of each
/// run][channels of a tile, whole units]`, the rest of a run's last four filled with zeros.
protocol ByteConvolutionTile: BlockTile where Input: ByteElement, Panel == UInt8, Output: ByteElement {}

/// Convolves numbers of 8 bits as `convolve` does those of float32; what surrounds the images is there as the zero point.
@inline(__always)
func convolveBytes<Tile: ByteConvolutionTile, EdgeTile: ByteConvolutionTile>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Tile.Input>, _ panels: UnsafePointer<UInt8>,
  _ output: UnsafeMutablePointer<Tile.Output>, _ geometry: ConvolutionGeometry
) where EdgeTile.Input == Tile.Input, EdgeTile.Output == Tile.Output {
  convolveBlocks(Tile.self, EdgeTile.self, input, panels, UnsafePointer(output), output, geometry)
}

/// A run of numbers of 8 bits, of sixteen channels at a time: the same for one input channel.
///
/// Panels are packed `[sixteen channels][head: zero point, least, largest in 8 bytes; biases; multipliers; pairs of taps][lanes]`.
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
