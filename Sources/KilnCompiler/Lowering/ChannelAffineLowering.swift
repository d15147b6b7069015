import KilnGraph

/// One multiply-add a channel, with its epilogue.
struct ChannelAffineLowering: Lowering {
  func obstacle(to operation: ChannelAffine, _ node: Node, in graph: Graph) -> String? {
    if operation.axis != graph.type(of: node.outputs[0]).rank - 1 {
      return "the channels are not the last axis; a transposition in front would make them so"
    }
    if case .function(let function) = operation.epilogue.activation, function.activationSource(of: "") == nil {
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
    guard let input = node.inputs[LinearOperand.input] else { return [] }
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
    let epilogue = EpilogueSource(epilogue: operation.epilogue)
    let slope = epilogue.hasSlope ? channels(of: node, LinearOperand.slope, count, &context) : weight
    let closure = epilogue.closure(["sum", "addend", "slope"])
    return nest.pieces().map { offsets, axes in
      let source = context.source(input, offset: offsets[0])
      return KernelCall(
        "scaleChannels",
        [
          .init(nil, source), .init(nil, axes.strides(of: 0)), .init("weight", weight), .init("bias", bias),
          .init("addend", addend.map { context.source($0, offset: offsets[1]) } ?? source),
          .init(nil, axes.strides(of: 1)), .init("slope", slope),
          .init("to", .destination(output, offset: offsets[2])), .init(nil, axes.strides(of: 2)),
          .init("shape", axes.extents), .init("count", .integer(count)), .init(nil, .code(closure)),
        ], files: [.channelAffine, .activations])
    }
  }

  /// The table of an operand that has one number a channel, or one for all, or is absent: zeros.
  private func channels(
    of node: Node, _ operand: Int, _ count: Int, _ context: inout LoweringContext
  ) -> KernelCall.Value {
    let value = node.inputs.indices.contains(operand) ? node.inputs[operand] : nil
    let numbers = context.graph.constant(value)?.floats() ?? [0]
    if let value, numbers.count == count { return .table(context.table(ofConstant: value)) }
    return .table(
      context.addTable(
        value.map { context.graph[$0].name } ?? "\(node.name).zeros", shape: [count], layout: "one a channel",
        elements: Array(repeating: numbers[0], count: count)))
  }
}
