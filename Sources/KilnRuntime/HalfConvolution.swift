import KilnGeometry

/// A tile of float16: products are summed up in float16, from the bias on, as those of float32 are.
///
/// Where there are more than 96 products, each 96 of them are summed up from 0 on, and their sums, and the bias, in float32. Every step
/// after the sum is rounded to float16. With K products of a sum |error| <= (min(K, 96) + 2) * 2^-11 *
/// (|bias| + sum |input * weight|) to first order, before the activation.
protocol HalfConvolutionTile: BlockTile where Input == Float16, Panel == Float16, Output == Float16 {}

/// Convolves numbers of float16 as `convolve` does those of float32.
@inline(__always)
func convolveHalves<Tile: HalfConvolutionTile, EdgeTile: HalfConvolutionTile>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Float16>, _ panels: UnsafePointer<Float16>,
  addend: UnsafePointer<Float16>, _ output: UnsafeMutablePointer<Float16>, _ geometry: ConvolutionGeometry
) {
  convolveBlocks(Tile.self, EdgeTile.self, input, panels, addend, output, geometry)
}

/// As above, without an addend.
@inline(__always)
func convolveHalves<Tile: HalfConvolutionTile, EdgeTile: HalfConvolutionTile>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Float16>, _ panels: UnsafePointer<Float16>,
  _ output: UnsafeMutablePointer<Float16>, _ geometry: ConvolutionGeometry
) {
  convolveBlocks(Tile.self, EdgeTile.self, input, panels, UnsafePointer(output), output, geometry)
}

/// A run of float16 of eight channels at a time, whose products are summed up in float16 from the bias on; every step after the sum is rounded to
/// float16.
///
/// With K taps, at most 96, |error| <= (K + 2) * 2^-11 * (|bias| + sum |input * weight|) to first order, before the activation.
protocol HalfDepthwiseTile: RunTile where Input == Float16, Panel == Float16, Output == Float16 {}

extension HalfDepthwiseTile {
  @inline(__always) static var lanes: Int { HalfVector.scalarCount }
}

/// Convolves every channel of float16 with its own kernel, as `convolveDepthwise` does those of float32.
@inline(__always)
func convolveDepthwiseHalves<Tile: HalfDepthwiseTile, RestTile: HalfDepthwiseTile>(
  _: Tile.Type, rest _: RestTile.Type, _ input: UnsafePointer<Float16>, _ panels: UnsafePointer<Float16>,
  addend: UnsafePointer<Float16>, _ output: UnsafeMutablePointer<Float16>, _ geometry: DepthwiseGeometry
) {
  convolveRuns(Tile.self, RestTile.self, input, panels, addend, output, geometry)
}

/// As above, without an addend.
@inline(__always)
func convolveDepthwiseHalves<Tile: HalfDepthwiseTile, RestTile: HalfDepthwiseTile>(
  _: Tile.Type, rest _: RestTile.Type, _ input: UnsafePointer<Float16>, _ panels: UnsafePointer<Float16>,
  _ output: UnsafeMutablePointer<Float16>, _ geometry: DepthwiseGeometry
) {
  convolveRuns(Tile.self, RestTile.self, input, panels, UnsafePointer(output), output, geometry)
}
