import KilnGeometry
import KilnRuntimeSources

/// A direct convolution of images of 8 bits, channels last: a register tile of pixels by channels through the whole reduction.
///
/// Exact sums, of which the result is rounded once: equal to `RequantizedConvolution` in every bit.
package struct ConvolveBytes: Kernel {
  package var name: String { "convolveBytes" }
  /// The tile that covers the pixels of a row, and the one that covers those that remain.
  package var tile: ByteConvolutionTileShape
  package var edge: ByteConvolutionTileShape
  /// The element under the first tap of the first output pixel; it may lie in the input's border.
  package var input: Operand
  /// `[groups][blocks]` panels of bytes, as `ByteConvolutionTile` says.
  package var panels: Operand
  package var output: Operand
  package var geometry: ConvolutionGeometry
  /// The number of the member whose strip the rows are, where the convolution is computed in strips with others.
  package var member: Int?

  /// Makes the kernel.
  package init(
    _ tile: ByteConvolutionTileShape, edge: ByteConvolutionTileShape, _ input: Operand, _ panels: Operand,
    _ output: Operand, _ geometry: ConvolutionGeometry, member: Int?
  ) {
    self.tile = tile
    self.edge = edge
    self.input = input
    self.panels = panels
    self.output = output
    self.geometry = geometry
    self.member = member
  }

  package var file: RuntimeFile { .byteConvolution }

  package var arguments: [KernelArgument] {
    [
      .tile(tile), .tile("edge", edge), .pointer(input), .pointer(panels), .pointer(output),
      .geometry(geometry, member: member),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&input)
    reads(&panels)
    writes(&output)
  }
}

/// A convolution of images of 8 bits, channels last, in which every channel has a kernel of its own.
///
/// Exact sums, of which the result is rounded once: equal to `RequantizedConvolution` in every bit.
package struct ConvolveDepthwiseBytes: Kernel {
  package var name: String { "convolveDepthwiseBytes" }
  /// The tile for sixteen channels, and the one for those that remain.
  package var tile: ByteDepthwiseTileShape
  package var rest: ByteDepthwiseTileShape
  /// The element under the first tap of the first output pixel; it may lie in the input's border.
  package var input: Operand
  /// `[sixteen channels]` panels of bytes, as `ByteDepthwiseTile` says.
  package var panels: Operand
  package var output: Operand
  package var geometry: DepthwiseGeometry
  /// The number of the member whose strip the rows are, where the convolution is computed in strips with others.
  package var member: Int?

  /// Makes the kernel.
  package init(
    _ tile: ByteDepthwiseTileShape, rest: ByteDepthwiseTileShape, _ input: Operand, _ panels: Operand,
    _ output: Operand, _ geometry: DepthwiseGeometry, member: Int?
  ) {
    self.tile = tile
    self.rest = rest
    self.input = input
    self.panels = panels
    self.output = output
    self.geometry = geometry
    self.member = member
  }

  package var file: RuntimeFile { .byteConvolution }

  package var arguments: [KernelArgument] {
    [
      .tile(tile), .tile("rest", rest), .pointer(input), .pointer(panels), .pointer(output),
      .geometry(geometry, member: member),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&input)
    reads(&panels)
    writes(&output)
  }
}

/// A 3x3 convolution of images of 8 bits with steps of one pixel by Winograd's minimal filtering in integers, of tiles of 4x4 outputs.
///
/// Exact sums, of which the result is rounded once: equal to `RequantizedConvolution` in every bit, where what is summed up lies within
/// ±2^25.
///
/// Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
package struct ConvolveWinogradBytes: Kernel {
  package var name: String { "convolveWinogradBytes" }
  /// The register tile that multiplies, and the one for tiles of the image that remain.
  package var tile: ByteWinogradTileShape
  package var edge: ByteWinogradTileShape
  /// The element under the first tap of the first output pixel; it may lie in the input's border.
  package var input: Operand
  /// `[block]` panels of bytes, as `convolveWinogradBytes` says.
  package var panels: Operand
  package var output: Operand
  /// What `ByteWinogradWorkspace` lays out.
  package var workspace: Operand
  package var geometry: WinogradGeometry

  /// Makes the kernel.
  package init(
    _ tile: ByteWinogradTileShape, edge: ByteWinogradTileShape, _ input: Operand, _ panels: Operand, _ output: Operand,
    workspace: Operand, _ geometry: WinogradGeometry
  ) {
    self.tile = tile
    self.edge = edge
    self.input = input
    self.panels = panels
    self.output = output
    self.workspace = workspace
    self.geometry = geometry
  }

  package var file: RuntimeFile { .byteWinograd }

  package var arguments: [KernelArgument] {
    [
      .tile(tile), .tile("edge", edge), .pointer(input), .pointer(panels), .pointer(output),
      .pointer("workspace", workspace), .geometry(geometry),
    ]
  }

  /// Products that it takes: a quarter of the definition's, where tiles fill the image.
  package var productCount: Int {
    ByteWinogradWorkspace.planes * geometry.tiles * geometry.inputChannels * geometry.outputChannels
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&input)
    reads(&panels)
    writes(&output)
    writes(&workspace)
  }
}
