import KilnGraph
import KilnRuntimeSources

/// Interleaved bytes made float32, a multiply-add for each channel: one rounding.
///
/// Axes: four around the pixels, then the pixels.
package struct ConvertPixels: StridedKernel {
  /// How the channels are taken from a pixel's bytes.
  package enum Form: Hashable, Sendable {
    /// The channels are all bytes of a pixel, in their order.
    case all
    /// The channels are the first three of a pixel's four bytes.
    case leading
    /// Three channels are bytes `first`, `first + step` and `first + 2 * step`.
    case apart(first: Int, step: Int)
  }

  package var name: String { form == .leading ? "convertLeadingBytes" : "convertPixels" }
  package var source: Operand
  /// 48 numbers each: one for each byte of a pixel, repeated; in the form `apart` one for each channel.
  package var weight: TableID
  package var bias: TableID
  package var destination: Operand
  package var axes: [IterationAxis]
  /// Bytes of a pixel, and channels.
  package var byteCount: Int
  package var channels: Int
  package var form: Form
  /// The number of the member whose strip the innermost of the axes around the pixels is, where the image is converted in strips.
  package var member: Int?

  /// How many numbers the tables have.
  package static let period = 48

  /// Whether a kernel converts pixels whose bytes are all channels, `channels` of them: the tables must hold whole pixels.
  package static func suits(channels: Int) -> Bool { channels > 0 && period % channels == 0 }

  /// Makes the kernel for the innermost axes of a loop nest of two operands, whose runs of pixels have nothing between them.
  package init(
    _ source: Operand, weight: TableID, bias: TableID, to destination: Operand, _ nest: [LoopNest.Axis], count: Int,
    byteCount: Int, channels: Int, _ form: Form, member: Int? = nil
  ) {
    self.source = source.along(nest, operand: 0, inner: [byteCount])
    self.destination = destination.along(nest, operand: 1, inner: [channels])
    (self.weight, self.bias) = (weight, bias)
    axes = nest.divisible + [.run(count)]
    (self.byteCount, self.channels) = (byteCount, channels)
    (self.form, self.member) = (form, member)
  }

  package var file: RuntimeFile { .pixelConversion }

  package var arguments: [KernelArgument] {
    [.pointer(source), .axes(source.outerStrides)]
    if case .apart(let first, let step) = form {
      [.integer("first", first), .integer("step", step), .integer("byteCount", byteCount)]
    }
    [
      .pointer("weight", Operand(.table(weight))), .pointer("bias", Operand(.table(bias))), .pointer("to", destination),
      .axes(destination.outerStrides), .axes("shape", shape, member: member), .integer("count", axes[4].extent),
    ]
    if form == .all { [.integer("channels", channels)] }
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}
