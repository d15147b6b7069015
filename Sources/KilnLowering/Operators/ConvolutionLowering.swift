import KilnGraph
import KilnKernels
import KilnSelection

/// Convolution, over channels-last images, as register tiles; depthwise when every channel has its own kernel.
///
/// A few planes that become a few planes stay `[N, C, H, W]`.
struct ConvolutionLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.float32, .float16] }

  func obstacle(to convolution: Convolution, _ node: Node, in graph: Graph) -> String? {
    linearObstacle(node, in: graph, rank: 4)
  }

  func storage(of convolution: Convolution, _ node: Node, in graph: Graph) -> NodeStorage {
    guard let input = node.inputs[LinearOperand.input], convolution.layout == .channelsLast else {
      return NodeStorage()
    }
    return linearStorage(
      convolution.epilogue,
      border: convolution.window.border(
        input: graph.type(of: input).shape, output: graph.type(of: node.outputs[0]).shape))
  }

  func calls(for convolution: Convolution, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    if convolution.layout == .channelsFirst { return [planar(convolution, node).call(&context)] }
    return isDepthwise(convolution, node, context)
      ? depthwise(convolution, node, context).calls(&context) : dense(convolution, node, context).calls(&context)
  }

  func sites(of convolution: Convolution, _ node: Node, _ context: LoweringContext) -> [WeightedSite] {
    if convolution.layout == .channelsFirst { return [planar(convolution, node).weighted(context)] }
    return isDepthwise(convolution, node, context)
      ? [depthwise(convolution, node, context).weighted] : [dense(convolution, node, context).weighted]
  }

  private func planar(_ convolution: Convolution, _ node: Node) -> PlanarConvolution {
    PlanarConvolution(convolution: convolution, node: node, input: node.operand(LinearOperand.input))
  }

  private func dense(_ convolution: Convolution, _ node: Node, _ context: LoweringContext) -> DirectConvolution {
    let (input, weight) = (node.operand(LinearOperand.input), node.operand(LinearOperand.weight))
    let (window, inputView, output) = (convolution.window, context.view(input), node.outputs[0])
    let outputShape = context.graph.type(of: output).shape
    let weightShape = context.graph.type(of: weight).shape
    let taps = weightShape[2] * weightShape[3]
    return DirectConvolution(
      name: node.name, steps: window.stepsDescription, groups: convolution.groups,
      images: outputShape[0], rows: outputShape[1], columns: outputShape[2], strip: context.strip,
      kernelRows: weightShape[2], kernelRowStep: window.dilations[0] * inputView.rowStride,
      kernelColumns: weightShape[3], kernelColumnStep: window.dilations[1] * inputView.pixelStride,
      input: (input, window.access(inputView)),
      addend: node.addend(convolution.epilogue).map { ($0, context.access($0)) },
      output: (output, context.access(output)), epilogue: convolution.epilogue,
      arithmetic: context.arithmetic(of: input, products: taps * weightShape[1]),
      weights: ConvolutionWeights(
        node, context.graph, outputAxis: 0, outputChannels: weightShape[0], inputChannels: weightShape[1],
        outputStep: weightShape[1] * taps, groupStep: weightShape[0] / convolution.groups * weightShape[1] * taps,
        inputStep: taps, taps: Array(0..<taps)),
      winograd: context.algorithms.winogradWork(of: node, in: context.graph),
      modelAlgorithm: context.algorithms.modelAlgorithm(of: node))
  }

  private func isDepthwise(_ convolution: Convolution, _ node: Node, _ context: LoweringContext) -> Bool {
    let weightShape = context.graph.type(of: node.operand(LinearOperand.weight)).shape
    return convolution.groups > 1 && weightShape[1] == 1 && weightShape[0] == convolution.groups
  }

  private func depthwise(
    _ convolution: Convolution, _ node: Node, _ context: LoweringContext
  ) -> DepthwiseConvolution {
    let (input, output) = (node.operand(LinearOperand.input), node.outputs[0])
    let outputShape = context.graph.type(of: output).shape
    let weightShape = context.graph.type(of: node.operand(LinearOperand.weight)).shape
    let taps = weightShape[2] * weightShape[3]
    return DepthwiseConvolution(
      name: node.name, images: outputShape[0],
      height: outputShape[1], columns: outputShape[2], strip: context.strip, window: convolution.window,
      input: (input, convolution.window.access(context.view(input))),
      addend: node.addend(convolution.epilogue).map { ($0, context.access($0)) },
      output: (output, context.access(output)), epilogue: convolution.epilogue,
      weights: ConvolutionWeights(
        node, context.graph, outputAxis: 0, outputChannels: weightShape[0], inputChannels: 1, outputStep: taps,
        groupStep: 0, inputStep: 0, taps: Array(0..<taps)),
      arithmetic: context.arithmetic(of: input, products: taps))
  }
}

extension Window {
  /// The input's elements as output pixels step over them, from the first tap of the first.
  func access(_ view: View) -> DirectConvolution.Access {
    DirectConvolution.Access(
      offset: -(padBegin[0] * view.rowStride + padBegin[1] * view.pixelStride), image: view.imageStride,
      row: strides[0] * view.rowStride, pixel: strides[1] * view.pixelStride)
  }

  /// What it reads around a channels-last image of one shape to make one of another.
  func border(input: [Int], output: [Int]) -> Border {
    func after(_ axis: Int) -> Int {
      let last = (output[axis + 1] - 1) * strides[axis] + extent(axis) - 1 - padBegin[axis]
      return max(0, last - (input[axis + 1] - 1))
    }
    return Border(top: padBegin[0], left: padBegin[1], bottom: after(0), right: after(1))
  }

  /// The strides, and the dilations, where they aren't 1: `/2x2` is a stride, `*2x2` a dilation.
  var stepsDescription: String {
    (strides == [1, 1] ? "" : "/\(strides[0])x\(strides[1])")
      + (dilations == [1, 1] ? "" : "*\(dilations[0])x\(dilations[1])")
  }
}
