import KilnGeometry
import KilnGraph
import KilnKernels

/// A convolution between planar images, `[N, C, H, W]`.
struct PlanarConvolution {
  let convolution: Convolution
  let node: Node
  let input: ValueID

  /// The call that computes it.
  func call(_ context: inout LoweringContext) -> KernelCall {
    let window = convolution.window
    let output = node.outputs[0]
    let inputShape = context.graph.type(of: input).shape
    let outputShape = context.graph.type(of: output).shape
    let tile = PlanarTileShape(
      inputChannels: inputShape[1], outputChannels: outputShape[1],
      columns: outputShape[3] - window.padBegin[1] - window.padEnd[1], epilogue: convolution.epilogue,
      target: context.target)
    let (taps, channels) = (window.kernel[0] * window.kernel[1], outputShape[1])
    let weights = ConvolutionWeights(
      node, context.graph, outputAxis: 0, outputChannels: channels, inputChannels: inputShape[1],
      outputStep: inputShape[1] * taps, groupStep: 0, inputStep: taps, taps: Array(0..<taps))
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
