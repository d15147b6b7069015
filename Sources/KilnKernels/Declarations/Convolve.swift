import KilnGeometry
import KilnGraph
import KilnRuntimeSources

/// A direct convolution of float32 images, channels last: a register tile of pixels by channels through the whole reduction.
/// With K products `|error| <= (K + 2) * 2^-24 * (|bias| + sum |input * weight|)` to first order, before the activation.
package struct Convolve: Kernel {
  package var name: String { "convolve" }
  /// The tile that covers the pixels of a row, and the one that covers those that remain.
  package var tile: ConvolutionTileShape
  package var edge: ConvolutionTileShape
  /// The element under the first tap of the first output pixel; it may lie in the input's border.
  package var input: Operand
  /// `[groups][blocks][bias, slope, KH x KW x Cin][channels of a tile, whole vectors]`.
  package var panels: Operand
  /// What the epilogue adds; `nil` where it adds nothing.
  package var addend: Operand?
  package var output: Operand
  package var geometry: ConvolutionGeometry
  /// The number of the stage whose strip the rows are, where the convolution is computed in strips with others.
  package var stage: Int?

  /// Makes the kernel.
  package init(
    _ tile: ConvolutionTileShape, edge: ConvolutionTileShape, _ input: Operand, _ panels: Operand, addend: Operand?,
    _ output: Operand, _ geometry: ConvolutionGeometry, stage: Int?
  ) {
    self.tile = tile
    self.edge = edge
    self.input = input
    self.panels = panels
    self.addend = addend
    self.output = output
    self.geometry = geometry
    self.stage = stage
  }

  package var file: RuntimeFile { .directConvolution }

  package var arguments: [KernelArgument] {
    [.tile(tile), .tile("edge", edge), .pointer(input), .pointer(panels)]
    if let addend { KernelArgument.pointer("addend", addend) }
    [.pointer(output), .geometry(geometry, stage: stage)]
  }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&input)
    reads(&panels)
    if var addend {
      reads(&addend)
      self.addend = addend
    }
    writes(&output)
  }
}
