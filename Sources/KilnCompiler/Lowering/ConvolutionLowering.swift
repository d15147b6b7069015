import KilnGraph
import KilnKernels

/// Convolution, over channels-last images, as register tiles; depthwise when every channel has its own kernel. A few
/// planes that become a few planes stay `[N, C, H, W]`.
struct ConvolutionLowering: Lowering {
  func obstacle(to convolution: Convolution, _ node: Node, in graph: Graph) -> String? {
    linearObstacle(node, in: graph, rank: 4)
  }

  func storage(of convolution: Convolution, _ node: Node, in graph: Graph) -> NodeStorage {
    guard let input = node.inputs[LinearOperand.input], convolution.layout == .channelsLast else {
      return NodeStorage()
    }
    let window = convolution.window
    let inputShape = graph.type(of: input).shape
    let outputShape = graph.type(of: node.outputs[0]).shape
    func behind(_ axis: Int) -> Int {
      let last = (outputShape[axis + 1] - 1) * window.strides[axis] + window.extent(axis) - 1 - window.padBegin[axis]
      return max(0, last - (inputShape[axis + 1] - 1))
    }
    return linearStorage(
      convolution.epilogue,
      border: Border(top: window.padBegin[0], left: window.padBegin[1], bottom: behind(0), right: behind(1)))
  }

  func calls(for convolution: Convolution, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (input, weight) = (node.operand(LinearOperand.input), node.operand(LinearOperand.weight))
    if convolution.layout == .channelsFirst {
      return [PlanarConvolution(convolution: convolution, node: node, input: input).call(&context)]
    }
    let window = convolution.window
    let inputView = context.view(input)
    let output = node.outputs[0]
    let outputShape = context.graph.type(of: output).shape
    let weightShape = context.graph.type(of: weight).shape
    let taps = weightShape[2] * weightShape[3]
    let inputAccess = DirectConvolution.Access(
      offset: -(window.padBegin[0] * inputView.rowStride + window.padBegin[1] * inputView.pixelStride),
      image: inputView.imageStride, row: window.strides[0] * inputView.rowStride,
      pixel: window.strides[1] * inputView.pixelStride)
    let addend = node.addend(convolution.epilogue).map { ($0, context.access($0)) }
    let epilogue = convolution.epilogue
    if convolution.groups > 1, weightShape[1] == 1, weightShape[0] == convolution.groups {
      return DepthwiseConvolution(
        name: node.name, images: outputShape[0], rows: context.strip?.most ?? outputShape[1],
        columns: outputShape[2], strip: context.strip, window: window,
        input: (input, inputAccess), addend: addend, output: (output, context.access(output)), epilogue: epilogue,
        weights: ConvolutionWeights(
          node, context.graph, outputAxis: 0, outputChannels: weightShape[0], inputChannels: 1, outputStep: taps,
          groupStep: 0, inputStep: 0, taps: Array(0..<taps))
      ).calls(&context)
    }
    let weights = ConvolutionWeights(
      node, context.graph, outputAxis: 0, outputChannels: weightShape[0], inputChannels: weightShape[1],
      outputStep: weightShape[1] * taps, groupStep: weightShape[0] / convolution.groups * weightShape[1] * taps,
      inputStep: taps, taps: Array(0..<taps))
    let work = WinogradWork(
      images: outputShape[0], rows: outputShape[1], columns: outputShape[2], inputChannels: weightShape[1],
      outputChannels: weightShape[0])
    let direct = DirectConvolution(
      name: node.name, steps: window.stepsDescription, groups: convolution.groups,
      images: outputShape[0], rows: outputShape[1], columns: outputShape[2], strip: context.strip,
      kernelRows: weightShape[2], kernelRowStep: window.dilations[0] * inputView.rowStride,
      kernelColumns: weightShape[3], kernelColumnStep: window.dilations[1] * inputView.pixelStride,
      input: (input, inputAccess),
      addend: addend, output: (output, context.access(output)), epilogue: epilogue, weights: weights)
    let site = direct.site(winograd: Self.allowsWinograd(convolution, isExact: context.isExact) ? work : nil)
    switch context.choice(for: site, of: weights).kind {
    case .direct(let schedule): return direct.calls(schedule, &context)
    case .winograd(let outputs, let schedule):
      return WinogradConvolution(
        name: node.name, work: work, input: (input, inputAccess), addend: addend,
        output: (output, context.access(output)), epilogue: epilogue, weights: weights,
        winograd: Winograd(outputs: outputs), schedule: schedule
      ).calls(&context)
    }
  }

  /// Whether the cost model prefers Winograd's tiles.
  static func prefersWinograd(_ convolution: Convolution, _ node: Node, _ graph: Graph, isExact: Bool) -> Bool {
    guard allowsWinograd(convolution, isExact: isExact), let weight = node.inputs[LinearOperand.weight],
      graph.constant(weight)?.narrow(along: 0) == nil
    else { return false }
    let (output, weights) = (graph.type(of: node.outputs[0]).shape, graph.type(of: weight).shape)
    let work = WinogradWork(
      images: output[0], rows: output[1], columns: output[2], inputChannels: weights[1], outputChannels: weights[0])
    return Winograd(for: work) != nil
  }

  private static func allowsWinograd(_ convolution: Convolution, isExact: Bool) -> Bool {
    !isExact && convolution.groups == 1 && convolution.window.isThreeByThreeOfSteps1
  }
}

extension Window {
  /// Whether Winograd's transforms apply.
  fileprivate var isThreeByThreeOfSteps1: Bool { kernel == [3, 3] && strides == [1, 1] && dilations == [1, 1] }

  /// The strides, and the dilations, where they aren't 1: `/2x2` is a stride, `*2x2` a dilation.
  fileprivate var stepsDescription: String {
    (strides == [1, 1] ? "" : "/\(strides[0])x\(strides[1])")
      + (dilations == [1, 1] ? "" : "*\(dilations[0])x\(dilations[1])")
  }
}
