import KilnGraph

/// Linear layers as the convolution that they are: every row of the input is a pixel.
struct LinearLowering: Lowering {
  func obstacle(to linear: Linear, _ node: Node, in graph: Graph) -> String? {
    linearObstacle(node, in: graph, rank: nil)
  }

  func storage(of linear: Linear, _ node: Node, in graph: Graph) -> NodeStorage {
    let epilogue = EpilogueSource(epilogue: linear.epilogue)
    return NodeStorage(
      inPlaceInputs: linear.epilogue.addend != nil && epilogue.allowsAddendInPlace ? [LinearOperand.addend] : [])
  }

  func calls(for linear: Linear, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let input = node.inputs[LinearOperand.input], let weight = node.inputs[LinearOperand.weight] else {
      return []
    }
    let output = node.outputs[0]
    let shape = context.graph.type(of: weight).shape
    let pixels = context.graph.type(of: output).shape.dropLast().reduce(1, *)
    func access(_ channels: Int) -> DirectConvolution.Access {
      DirectConvolution.Access(offset: 0, image: pixels * channels, row: pixels * channels, pixel: channels)
    }
    return DirectConvolution(
      name: node.name, groups: 1, images: 1, rows: 1, columns: pixels,
      kernelRows: 1, kernelRowStep: 0, kernelColumns: 1, kernelColumnStep: 0,
      input: (input, access(shape[1])), addend: node.addend(linear.epilogue).map { ($0, access(shape[0])) },
      output: (output, access(shape[0])), epilogue: EpilogueSource(epilogue: linear.epilogue),
      weights: ConvolutionWeights(
        node, context.graph, outputChannels: shape[0], inputChannels: shape[1], outputStep: shape[1], groupStep: 0,
        inputStep: 1, taps: [0])
    ).calls(&context)
  }
}
