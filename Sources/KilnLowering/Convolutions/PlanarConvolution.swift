import KilnGeometry
import KilnGraph
import KilnKernels
import KilnSelection

/// A convolution between planar images, `[N, C, H, W]`.
struct PlanarConvolution {
  let convolution: Convolution
  let node: Node
  let input: ValueID

  /// The convolution as tiles are chosen for it, with its weights.
  func weighted(_ context: LoweringContext) -> WeightedSite {
    WeightedSite(site: site(context), weights: weights(context).identity)
  }

  private func site(_ context: LoweringContext) -> ConvolutionSite {
    let window = convolution.window
    let inputShape = context.graph.type(of: input).shape
    let shape = context.graph.type(of: node.outputs[0]).shape
    let columns = shape[3] - window.padBegin[1] - window.padEnd[1]
    let text = ConvolutionSite.shape(
      kernel: window.kernel, steps: window.stepsDescription, "\(inputShape[1])->\(shape[1]) in planes",
      [shape[0], shape[2], shape[3]], convolution.epilogue)
    return ConvolutionSite(
      name: node.name, shape: text,
      form: .planar(PlanarWork(channels: shape[1], columns: columns)),
      direct: ConvolutionWork(
        channels: shape[1], depth: window.kernel[0] * window.kernel[1] * inputShape[1], kernelRows: window.kernel[0],
        columns: shape[3], rows: shape[2],
        inputRowByteCount: inputShape[1] * inputShape[3] * window.strides[0] * MemoryLayout<Float>.stride))
  }

  private func weights(_ context: LoweringContext) -> ConvolutionWeights {
    let channels = (
      input: context.graph.type(of: input).shape[1], output: context.graph.type(of: node.outputs[0]).shape[1]
    )
    let taps = convolution.window.kernel[0] * convolution.window.kernel[1]
    return ConvolutionWeights(
      node, context.graph, outputAxis: 0, outputChannels: channels.output, inputChannels: channels.input,
      outputStep: channels.input * taps, groupStep: 0, inputStep: taps, taps: Array(0..<taps))
  }

  /// The call that computes it.
  func call(_ context: inout LoweringContext) -> KernelCall {
    guard case .direct(let schedule) = context.selection[site(context)].kind else {
      preconditionFailure("\(node.name) has no other form")
    }
    let window = convolution.window
    let output = node.outputs[0]
    let inputShape = context.graph.type(of: input).shape
    let outputShape = context.graph.type(of: output).shape
    let channels = outputShape[1]
    let tile = PlanarTileShape(
      inputChannels: inputShape[1], outputChannels: channels, pixels: schedule.parts[0].pixels,
      epilogue: convolution.epilogue)
    let weights = weights(context)
    var panel = weights.packed(groups: 1, channels: 0..<channels, of: channels, panelWidth: channels)
    panel.type.shape.removeFirst(2)
    let table = context.addTable(node.name, packing: "[\(weights.packing)][channel]", panel)
    let geometry = PlanarGeometry(
      images: inputShape[0], inputChannels: inputShape[1], outputChannels: outputShape[1], inputRows: inputShape[2],
      inputColumns: inputShape[3], rows: outputShape[2], columns: outputShape[3], firstRow: 0, endRow: outputShape[2],
      kernelRows: window.kernel[0], kernelColumns: window.kernel[1], rowDilation: window.dilations[0],
      columnDilation: window.dilations[1], rowStride: window.strides[0], top: window.padBegin[0],
      left: window.padBegin[1])
    return KernelCall(
      ConvolvePlanar(tile, context.source(input), Operand(.table(table)), context.destination(output), geometry))
  }
}
