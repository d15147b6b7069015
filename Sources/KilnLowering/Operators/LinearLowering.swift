import KilnGraph
import KilnKernels
import KilnSelection

/// Linear layers as the convolution that they are: every row of the input is a pixel.
struct LinearLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.float32, .float16] }

  func obstacle(to linear: Linear, _ node: Node, in graph: Graph) -> String? {
    linearObstacle(node, in: graph, rank: nil)
  }

  func storage(of linear: Linear, _ node: Node, in graph: Graph) -> NodeStorage {
    let epilogue = linear.epilogue
    return NodeStorage(
      inPlaceInputs: linear.epilogue.addend != nil && epilogue.allowsAddendInPlace ? [LinearOperand.addend] : [])
  }

  func calls(for linear: Linear, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    convolution(of: linear, node, context).calls(&context)
  }

  func sites(of linear: Linear, _ node: Node, _ context: LoweringContext) -> [WeightedSite] {
    [convolution(of: linear, node, context).weighted]
  }

  private func convolution(of linear: Linear, _ node: Node, _ context: LoweringContext) -> DirectConvolution {
    let (input, weight) = (node.operand(LinearOperand.input), node.operand(LinearOperand.weight))
    let output = node.outputs[0]
    let (outputs, inputs) = linear.extents(ofWeight: context.graph.type(of: weight).shape)
    // The terms in the order of the input: its pixels are the taps.
    let (planes, step) = (inputs / linear.pixels, linear.arrangement == .outputFirst ? 1 : outputs)
    let pixels = context.graph.type(of: output).shape.dropLast().reduce(1, *)
    func access(_ channels: Int) -> DirectConvolution.Access {
      DirectConvolution.Access(offset: 0, image: pixels * channels, row: pixels * channels, pixel: channels)
    }
    return DirectConvolution(
      name: node.name, groups: 1, images: 1, rows: 1, columns: pixels,
      kernelRows: 1, kernelRowStep: 0, kernelColumns: linear.pixels, kernelColumnStep: planes,
      input: (input, access(inputs)), addend: node.addend(linear.epilogue).map { ($0, access(outputs)) },
      output: (output, access(outputs)), epilogue: linear.epilogue,
      arithmetic: context.arithmetic(of: input, products: inputs),
      weights: ConvolutionWeights(
        node, context.graph, outputAxis: linear.arrangement == .outputFirst ? 0 : 1, outputChannels: outputs,
        inputChannels: planes, outputStep: linear.arrangement == .outputFirst ? inputs : 1, groupStep: 0,
        inputStep: linear.pixels * step,
        taps: (0..<linear.pixels).map { $0 * step }))
  }
}
