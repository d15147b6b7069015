import KilnGraph
import KilnKernels

/// Images of interleaved bytes, made real.
struct PixelConversionLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.uint8, .float32] }

  func obstacle(to operation: PixelConversion, _ node: Node, in graph: Graph) -> String? {
    [PixelOperand.weight, PixelOperand.bias].contains { graph.constant(node.inputs[$0]) == nil }
      ? "its normalisation is computed at run time" : nil
  }

  func storage(of operation: PixelConversion, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedOutput: true)
  }

  func calls(for operation: PixelConversion, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (input, output) = (node.operand(PixelOperand.pixels), node.outputs[0])
    let order = operation.order
    var nest = LoopNest(
      Array(context.graph.type(of: output).shape.dropLast()),
      [input, output].map { Array(context.strides(of: $0).dropLast()) })
    if nest.isEmpty { return [] }
    let run = nest.removeInnermost { $0.strides == [order.byteCount, order.channelCount] }
    let weight = table(PixelOperand.weight, of: node, &context)
    let bias = table(PixelOperand.bias, of: node, &context)
    return nest.pieces().map { offsets, axes in
      KernelCall(
        ConvertPixels(
          context.source(input, offset: offsets[0]), weight: weight, bias: bias,
          to: context.destination(output, offset: offsets[1]), axes, count: run.extent, order))
    }
  }

  /// The table of an operand that has a number for each channel.
  private func table(_ operand: Int, of node: Node, _ context: inout LoweringContext) -> TableID {
    let value = node.operand(operand)
    guard let numbers = context.graph.constant(value)?.floats() else { node.lacksKernel() }
    let repeated = (0..<ConvertPixels.period).map { numbers[$0 % numbers.count] }
    return context.addTable(
      context.graph[value].name, shape: [repeated.count], packing: "one per channel, repeated", elements: repeated)
  }
}
