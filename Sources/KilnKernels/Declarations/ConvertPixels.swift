import KilnGraph
import KilnRuntimeSources

/// Interleaved bytes made float32, a multiply-add for each channel: one rounding.
///
/// Axes: four around the pixels, then the pixels.
package struct ConvertPixels: StridedKernel {
  package var name: String { "convertPixels" }
  package var source: Operand
  /// 48 numbers each: one for each channel, repeated.
  package var weight: TableID
  package var bias: TableID
  package var destination: Operand
  package var axes: [IterationAxis]
  package var order: PixelFormat.Order

  /// How many numbers the tables have.
  package static let period = 48

  /// Makes the kernel for the innermost axes of a loop nest of two operands, whose runs of pixels have nothing between them.
  package init(
    _ source: Operand, weight: TableID, bias: TableID, to destination: Operand, _ nest: [LoopNest.Axis], count: Int,
    _ order: PixelFormat.Order
  ) {
    self.source = source.along(nest, operand: 0, inner: [order.byteCount])
    self.destination = destination.along(nest, operand: 1, inner: [order.channelCount])
    (self.weight, self.bias) = (weight, bias)
    axes = nest.divisible + [.run(count)]
    self.order = order
  }

  package var file: RuntimeFile { .pixelConversion }

  /// Whether the channels are all bytes of a pixel, in their order.
  package var isDirect: Bool { order.byteCount == order.channelCount && order.place(ofChannel: 0) == 0 }

  package var arguments: [KernelArgument] {
    [.pointer(source), .axes(source.outerStrides)]
    if !isDirect {
      [
        .integer("first", order.place(ofChannel: 0)),
        .integer("step", order.place(ofChannel: 1) - order.place(ofChannel: 0)),
        .integer("byteCount", order.byteCount),
      ]
    }
    [
      .pointer("weight", Operand(.table(weight))), .pointer("bias", Operand(.table(bias))), .pointer("to", destination),
      .axes(destination.outerStrides), .axes("shape", shape), .integer("count", axes[4].extent),
    ]
    if isDirect { [.integer("channels", order.channelCount)] }
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}
