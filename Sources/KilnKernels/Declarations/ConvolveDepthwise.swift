import KilnGeometry
import KilnRuntimeSources

/// A convolution of float32 or float16 images, channels last, in which every channel has a kernel of its own: several pixels of
/// one vector of channels at a time.
///
/// With K taps `|error| <= (K + 2) * 2^-24 * (|bias| + sum |input * weight|)` to first order, before the activation;
/// of float16 `(K + 2) * 2^-11` of it.
package struct ConvolveDepthwise: Kernel {
  package var name: String { tile.arithmetic.isHalf ? "convolveDepthwiseHalves" : "convolveDepthwise" }
  /// The tile for whole vectors of channels, and the one for those that remain.
  package var tile: DepthwiseTileShape
  package var rest: DepthwiseTileShape
  /// The element under the first tap of the first output pixel; it may lie in the input's border.
  package var input: Operand
  /// `[vectors of channels][bias, slope, KH x KW][lanes]`.
  package var panels: Operand
  /// What the epilogue adds; `nil` where it adds nothing.
  package var addend: Operand?
  package var output: Operand
  package var geometry: DepthwiseGeometry
  /// The number of the member whose strip the rows are, where the convolution is computed in strips with others.
  package var member: Int?

  /// Makes the kernel.
  package init(
    _ tile: DepthwiseTileShape, rest: DepthwiseTileShape, _ input: Operand, _ panels: Operand, addend: Operand?,
    _ output: Operand, _ geometry: DepthwiseGeometry, member: Int?
  ) {
    self.tile = tile
    self.rest = rest
    self.input = input
    self.panels = panels
    self.addend = addend
    self.output = output
    self.geometry = geometry
    self.member = member
  }

  package var file: RuntimeFile { tile.arithmetic.isHalf ? .halfConvolution : .depthwiseConvolution }

  package var arguments: [KernelArgument] {
    [.tile(tile), .tile("rest", rest), .pointer(input), .pointer(panels)]
    if let addend { KernelArgument.pointer("addend", addend) }
    [.pointer(output), .geometry(geometry, member: member)]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

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
