import KilnGeometry
import KilnRuntimeSources

/// A direct convolution of float32 or float16 images, channels last: a register tile of pixels by channels through the whole
/// reduction.
///
/// With K products `|error| <= (K + 2) * 2^-24 * (|bias| + sum |input * weight|)` to first order, before the
/// activation; of float16 `(min(K, 96) + 2) * 2^-11` of it.
package struct Convolve: Kernel {
  package var name: String { tile.arithmetic.isHalf ? "convolveHalves" : "convolve" }
  /// The tile that covers the pixels of a row, and the one that covers those that remain.
  package var tile: ConvolutionTileShape
  package var edge: ConvolutionTileShape
  /// The element under the first tap of the first output pixel; it may lie in the input's border.
  package var input: Operand
  /// `[groups][blocks][bias, slope, KH x KW x Cin][channels of a tile, whole vectors]`.
  package enum Panels: Sendable {
    /// As float32.
    case wide(Operand)
    /// As they are stored; each is made in the workspace, whose floats hold one, before it is used.
    case narrow(NarrowPanels, workspace: Operand)
  }

  package var panels: Panels
  /// What the epilogue adds; `nil` where it adds nothing.
  package var addend: Operand?
  package var output: Operand
  package var geometry: ConvolutionGeometry
  /// The number of the member whose strip the rows are, where the convolution is computed in strips with others.
  package var member: Int?

  /// Makes the kernel.
  package init(
    _ tile: ConvolutionTileShape, edge: ConvolutionTileShape, _ input: Operand, _ panels: Panels, addend: Operand?,
    _ output: Operand, _ geometry: ConvolutionGeometry, member: Int?
  ) {
    self.tile = tile
    self.edge = edge
    self.input = input
    self.panels = panels
    self.addend = addend
    self.output = output
    self.geometry = geometry
    self.member = member
  }

  package var file: RuntimeFile {
    switch panels {
    case .wide: tile.arithmetic.isHalf ? .halfConvolution : .directConvolution
    case .narrow: .narrowConvolution
    }
  }

  package var arguments: [KernelArgument] {
    [.tile(tile), .tile("edge", edge), .pointer(input)]
    switch panels {
    case .wide(let panels): KernelArgument.pointer(panels)
    case .narrow(let panels, let workspace):
      [
        .pointer("heads", panels.heads), .pointer("weights", panels.weights), .strategy("as", panels.elementName),
        .geometry(panels.rows), .pointer("workspace", workspace),
      ]
    }
    if let addend { KernelArgument.pointer("addend", addend) }
    [.pointer(output), .geometry(geometry, member: member)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&input)
    switch panels {
    case .wide(var operand):
      reads(&operand)
      panels = .wide(operand)
    case .narrow(var stored, var workspace):
      stored.update(reads: reads)
      writes(&workspace)
      panels = .narrow(stored, workspace: workspace)
    }
    if var addend {
      reads(&addend)
      self.addend = addend
    }
    writes(&output)
  }
}
