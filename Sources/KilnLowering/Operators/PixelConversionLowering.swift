import KilnGraph
import KilnKernels

/// Images of interleaved bytes, made real.
struct PixelConversionLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.uint8, .float32] }

  func obstacle(to operation: PixelConversion, _ node: Node, in graph: Graph) -> String? {
    if operation.form == nil { return "no kernel takes bytes \(operation.places) of \(operation.byteCount)" }
    return [PixelOperand.weight, PixelOperand.bias].contains { graph.constant(node.inputs[$0]) == nil }
      ? "its normalisation is computed at run time" : nil
  }

  func storage(of operation: PixelConversion, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedOutput: true)
  }

  func calls(for operation: PixelConversion, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let form = operation.form else { node.lacksKernel() }
    let (input, output) = (node.operand(PixelOperand.pixels), node.outputs[0])
    let (byteCount, channels) = (operation.byteCount, operation.places.count)
    let shape = context.graph.type(of: output).shape
    let strides = [input, output].map { context.strides(of: $0) }
    let weight = table(PixelOperand.weight, of: node, form, operation, &context)
    let bias = table(PixelOperand.bias, of: node, form, operation, &context)
    func kernel(_ offsets: [Int], _ axes: [LoopNest.Axis], count: Int, member: Int? = nil) -> KernelCall {
      KernelCall(
        ConvertPixels(
          context.source(input, offset: offsets[0]), weight: weight, bias: bias,
          to: context.destination(output, offset: offsets[1]), axes, count: count, byteCount: byteCount,
          channels: channels, form, member: member))
    }
    if let strip = context.strip {
      // Its rows aren't joined to anything, as their number isn't known here.
      let axes = [(shape[0], 0), (strip.most, 1)].map { extent, axis in
        LoopNest.Axis(extent: extent, strides: strides.map { $0[axis] })
      }
      return [kernel([0, 0], axes, count: shape[2], member: strip.member)]
    }
    var nest = LoopNest(Array(shape.dropLast()), strides.map { Array($0.dropLast()) })
    if nest.isEmpty { return [] }
    let run = nest.removeInnermost { $0.strides == [byteCount, channels] }
    return nest.pieces().map { offsets, axes in kernel(offsets, axes, count: run.extent) }
  }

  /// The table of an operand that has a number for each channel.
  private func table(
    _ operand: Int, of node: Node, _ form: ConvertPixels.Form, _ operation: PixelConversion,
    _ context: inout LoweringContext
  ) -> TableID {
    let value = node.operand(operand)
    guard var numbers = context.graph.constant(value)?.floats() else { node.lacksKernel() }
    if form == .leading { numbers += [Float](repeating: 0, count: operation.byteCount - numbers.count) }
    let repeated = (0..<ConvertPixels.period).map { numbers[$0 % numbers.count] }
    let packing = form == .leading ? "one per byte of a pixel, repeated" : "one per channel, repeated"
    return context.addTable(
      context.graph[value].name, shape: [repeated.count], packing: packing, elements: repeated)
  }
}

extension PixelConversion {
  /// How the kernel takes the channels from a pixel's bytes; `nil` where none does.
  var form: ConvertPixels.Form? {
    if places == Array(0..<byteCount) { return ConvertPixels.suits(channels: byteCount) ? .all : nil }
    guard places.count == 3 else { return nil }
    if places == [0, 1, 2], byteCount == 4 { return .leading }
    let step = places[1] - places[0]
    return places[2] - places[1] == step ? .apart(first: places[0], step: step) : nil
  }
}
