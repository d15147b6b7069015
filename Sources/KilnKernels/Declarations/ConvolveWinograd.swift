import KilnGeometry
import KilnRuntimeSources

/// A 3x3 convolution of float32 or float16 images with steps of one pixel by Winograd's minimal filtering: blocks of tiles are transformed,
/// multiplied plane by plane, and transformed back.
///
/// The comments of the transforms state what they err by.
///
/// Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
package struct ConvolveWinograd: Kernel {
  package var name: String { "convolveWinograd" }
  /// The size of the tiles of sums.
  package enum Transform: Int, Sendable {
    case of2x2 = 2
    case of4x4 = 4

    fileprivate func name(of arithmetic: TileArithmetic) -> String {
      "WinogradTransform\(rawValue)<\(arithmetic.isHalf ? "HalfLanes" : "Vector")>"
    }

    /// The runtime's file that declares it.
    package var file: RuntimeFile {
      switch self {
      case .of2x2: .winogradTransform2
      case .of4x4: .winogradTransform4
      }
    }
  }

  package var transform: Transform
  /// The register tile that multiplies, and the one for tiles of sums that remain.
  package var tile: ConvolutionTileShape
  package var edge: ConvolutionTileShape
  /// What happens to each sum.
  package var finish: WinogradFinishShape
  /// The element under the first tap of the first output pixel.
  package var input: Operand
  /// `[bias, slope]`, whole vectors of channels.
  package var heads: Operand
  /// `[block][plane][1 + Cin][channels of a tile]`.
  package var panels: Operand
  /// What the epilogue adds; `nil` where it adds nothing.
  package var addend: Operand?
  package var output: Operand
  /// A tile's input, transformed tiles, their products.
  package var workspace: Operand
  package var geometry: WinogradGeometry

  /// Makes the kernel.
  package init(
    _ transform: Transform, _ tile: ConvolutionTileShape, edge: ConvolutionTileShape, _ finish: WinogradFinishShape,
    _ input: Operand, heads: Operand, panels: Operand, addend: Operand?, _ output: Operand, workspace: Operand,
    _ geometry: WinogradGeometry
  ) {
    self.transform = transform
    self.tile = tile
    self.edge = edge
    self.finish = finish
    self.input = input
    self.heads = heads
    self.panels = panels
    self.addend = addend
    self.output = output
    self.workspace = workspace
    self.geometry = geometry
  }

  package var file: RuntimeFile { transform.file }

  package var arguments: [KernelArgument] {
    [
      .strategy(transform.name(of: tile.arithmetic)), .tile(tile), .tile("edge", edge),
      .tile(finish), .pointer(input), .pointer(heads), .pointer(panels),
    ]
    if let addend { KernelArgument.pointer("addend", addend) }
    [.pointer(output), .pointer("workspace", workspace), .geometry(geometry)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&input)
    reads(&heads)
    reads(&panels)
    if var addend {
      reads(&addend)
      self.addend = addend
    }
    writes(&output)
    writes(&workspace)
  }
}
