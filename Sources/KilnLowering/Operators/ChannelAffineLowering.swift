import KilnGraph
import KilnKernels

/// One multiply-add a channel, with its epilogue.
struct ChannelAffineLowering: Lowering {
  func obstacle(to operation: ChannelAffine, _ node: Node, in graph: Graph) -> String? {
    if operation.axis != graph.type(of: node.outputs[0]).rank - 1 {
      return "the channels are not the last axis; a transposition in front would make them so"
    }
    if case .function(let function) = operation.epilogue.activation, function.vectorFunction == nil {
      return "the runtime has no vector form of \(function.name)"
    }
    return linearObstacle(node, in: graph, rank: nil)
  }

  func storage(of operation: ChannelAffine, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(
      stridedInputs: [LinearOperand.input, LinearOperand.addend], stridedOutput: true,
      inPlaceInputs: [LinearOperand.input] + (node.addend(operation.epilogue) == nil ? [] : [LinearOperand.addend]))
  }

  func calls(for operation: ChannelAffine, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(LinearOperand.input)
    let output = node.outputs[0]
    let addend = node.addend(operation.epilogue)
    let shape = context.graph.type(of: output).shape
    let count = shape[operation.axis]
    let nest = LoopNest(
      Array(shape.dropLast()),
      [input, addend ?? input, output].map { Array(context.strides(of: $0).dropLast()) })
    if nest.isEmpty || count == 0 { return [] }
    let weight = channels(of: node, LinearOperand.weight, count, &context)
    let bias = channels(of: node, LinearOperand.bias, count, &context)
    let slope =
      operation.epilogue.hasSlope ? channels(of: node, LinearOperand.slope, count, &context) : nil
    return nest.pieces().map { offsets, axes in
      KernelCall(
        ScaleChannels(
          context.source(input, offset: offsets[0]), weight: weight, bias: bias,
          addend: addend.map { context.source($0, offset: offsets[1]) }, slope: slope,
          to: context.destination(output, offset: offsets[2]), axes, channels: count, operation.epilogue))
    }
  }

  /// The table of an operand that has one number a channel, or one for all, or is absent: zeros.
  private func channels(
    of node: Node, _ operand: Int, _ count: Int, _ context: inout LoweringContext
  ) -> TableID {
    let value = node.inputs.indices.contains(operand) ? node.inputs[operand] : nil
    let numbers = context.graph.constant(value)?.floats() ?? [0]
    if let value, numbers.count == count { return context.table(ofConstant: value) }
    return context.addTable(
      value.map { context.graph[$0].name } ?? "\(node.name).zeros", shape: [count], packing: "one per channel",
      elements: Array(repeating: numbers[0], count: count))
  }
}
