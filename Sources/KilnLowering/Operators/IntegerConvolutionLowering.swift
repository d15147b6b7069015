import KilnGeometry
import KilnGraph
import KilnKernels

/// Convolutions of quantised numbers to exact int32 sums, element by element.
struct IntegerConvolutionLowering: Lowering {
  var elementTypes: Set<ScalarType> { .quantized.union([.int32]) }

  func obstacle(to convolution: IntegerConvolution, _ node: Node, in graph: Graph) -> String? {
    let rank = convolution.window.rank
    return rank <= 3 ? nil : "it has \(rank) spatial axes; up to 3 are compiled"
  }

  func calls(
    for convolution: IntegerConvolution, _ node: Node, _ context: inout LoweringContext
  ) -> [KernelCall] {
    let (input, weight) = (node.operand(0), node.operand(1))
    let output = node.outputs[0]
    let shapes = (input: context.graph.type(of: input).shape, output: context.graph.type(of: output).shape)
    if shapes.output.contains(0) { return [] }
    let volume = VolumeWindow(window: convolution.window, layout: .channelsFirst)
    func zeroPoint(_ operand: Int) -> Operand? { node.optionalOperand(operand).map { context.source($0) } }
    let weightZeros = node.optionalOperand(3).map { context.graph.type(of: $0).elementCount } ?? 1
    return [
      KernelCall(
        ConvolveIntegers(
          context.source(input), volume.strides(context.strides(of: input)), zero: zeroPoint(2),
          context.source(weight), weightZero: zeroPoint(3), weightZeroStep: weightZeros == 1 ? 0 : 1,
          to: context.destination(output), volume.strides(context.strides(of: output)), images: shapes.output[0],
          channels: shapes.output[1], groups: convolution.groups,
          groupInputs: context.graph.type(of: weight).shape[1],
          volume.axes(input: shapes.input, output: shapes.output)))
    ]
  }
}

/// A window over up to three spatial axes as the runtime's kernels of single elements take it.
struct VolumeWindow {
  /// How it moves.
  var window: Window
  /// Where the images have their channels.
  var layout: ImageLayout

  /// Strides of images, channels and three spatial axes.
  func strides(_ strides: [Int]) -> [Int] {
    let channelAxis = layout.channelAxis(rank: strides.count)
    let first = layout.firstSpatialAxis
    let spatial = Array(strides[first..<(first + window.rank)])
    return [strides[0], strides[channelAxis]] + Array(repeating: 0, count: 3 - spatial.count) + spatial
  }

  /// How it moves along each axis, preceded by axes of one step for those that are missing.
  func axes(input: [Int], output: [Int]) -> [PoolAxis] {
    let missing = PoolAxis(extent: 1, resultExtent: 1, kernel: 1, stride: 1, dilation: 1, padding: 0)
    let axes = (0..<window.rank).map { axis in
      let index = layout.firstSpatialAxis + axis
      return PoolAxis(
        extent: input[index], resultExtent: output[index], kernel: window.kernel[axis],
        stride: window.strides[axis], dilation: window.dilations[axis], padding: window.padBegin[axis])
    }
    return Array(repeating: missing, count: 3 - window.rank) + axes
  }
}
