import KilnGeometry

/// Convolves as `convolve` does, with weights that are stored narrowly: each block of channels has its panel made in
/// `workspace`, of `rows.panelStep` floats, and passes over all pixels with it.
///
/// The same sums to the bit.
func convolve<Tile: ConvolutionTile, EdgeTile: ConvolutionTile, Element: NarrowElement>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Float>, heads: UnsafePointer<Float>,
  weights: UnsafeRawPointer, as _: Element.Type, _ rows: NarrowRows, workspace: UnsafeMutablePointer<Float>,
  addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
) {
  var block = geometry
  block.groups = 1
  block.blocks = 1
  var panel = 0
  while panel < geometry.groups &* geometry.blocks {
    let (group, channel) = (panel / geometry.blocks, panel % geometry.blocks &* Tile.channels)
    widenPanels(
      heads + panel &* rows.headStep, weights + panel &* rows.weights &* rows.width &* Element.byteCount,
      as: Element.self, rows, to: workspace, count: 1)
    convolve(
      Tile.self, edge: EdgeTile.self, input + group &* geometry.input.group, workspace,
      addend: addend + (group &* geometry.addend.group &+ channel),
      output + (group &* geometry.output.group &+ channel), block)
    panel &+= 1
  }
}

/// As above, without an addend.
@inline(__always)
func convolve<Tile: ConvolutionTile, EdgeTile: ConvolutionTile, Element: NarrowElement>(
  _: Tile.Type, edge _: EdgeTile.Type, _ input: UnsafePointer<Float>, heads: UnsafePointer<Float>,
  weights: UnsafeRawPointer, as _: Element.Type, _ rows: NarrowRows, workspace: UnsafeMutablePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry
) {
  convolve(
    Tile.self, edge: EdgeTile.self, input, heads: heads, weights: weights, as: Element.self, rows,
    workspace: workspace, addend: UnsafePointer(output), output, geometry)
}
