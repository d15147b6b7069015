import KilnRuntimeSources

/// A normalisation of float32 by a power of the squares of neighbouring channels; the squares are summed in the order of the
/// channels, one rounding each.
///
/// Axes: four around the channels.
package struct NormalizeLocally: Kernel {
  package var name: String { "normalizeLocally" }
  package var source: Operand
  package var destination: Operand
  /// The extents around the channels.
  package var shape: [Int]
  /// Channels, and elements from one to the next.
  package var channels: Int
  package var stride: Int
  /// Contiguous elements of each channel.
  package var count: Int
  /// Neighbouring channels that count, where they exist.
  package var before: Int
  package var after: Int
  /// What an element is multiplied by, made from the squares.
  package var factor: RuntimeFunction

  /// Makes the kernel for the innermost axes of a loop nest of one operand: the result lies as the source does.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], channels: Int, stride: Int, count: Int,
    before: Int, after: Int, bias: Double, scale: Double, exponent: Double
  ) {
    self.source = source.along(nest, operand: 0)
    self.destination = destination.along(nest, operand: 0)
    shape = nest.paddedExtents
    (self.channels, self.stride, self.count) = (channels, stride, count)
    (self.before, self.after) = (before, after)
    factor = RuntimeFunction(
      unary: .runtime(.localResponse),
      ["bias": .float(Float(bias)), "scale": .float(Float(scale)), "exponent": .float(Float(exponent))],
      in: [.localResponse])
  }

  package var file: RuntimeFile { .localResponse }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes("shape", shape),
      .integer("channels", channels), .integer("stride", stride), .integer("count", count), .integer("before", before),
      .integer("after", after), .function("factor", factor),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}
