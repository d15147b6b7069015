import KilnGraph

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
    guard let input = node.inputs[0], let weight = node.inputs[1] else { return [] }
    let output = node.outputs[0]
    let shapes = (input: context.graph.type(of: input).shape, output: context.graph.type(of: output).shape)
    if shapes.output.contains(0) { return [] }
    let volume = VolumeWindow(window: convolution.window, layout: .channelsFirst)
    func zeroPoint(_ operand: Int) -> KernelCall.Value {
      guard node.inputs.indices.contains(operand), let value = node.inputs[operand] else { return .code("nil") }
      return context.source(value)
    }
    let weightZeros = node.inputs.count > 3 ? node.inputs[3].map { context.graph.type(of: $0).elementCount } ?? 1 : 1
    return [
      KernelCall(
        "convolveIntegers",
        [
          .init(nil, context.source(input)), .init(nil, volume.strides(context.strides(of: input))),
          .init("zero", zeroPoint(2)), .init(nil, context.source(weight)), .init("zero", zeroPoint(3)),
          .init("step", .integer(weightZeros == 1 ? 0 : 1)), .init("to", .destination(output, offset: 0)),
          .init(nil, volume.strides(context.strides(of: output))), .init("images", .integer(shapes.output[0])),
          .init("channels", .integer(shapes.output[1])), .init("groups", .integer(convolution.groups)),
          .init("groupInputs", .integer(context.graph.type(of: weight).shape[1])),
        ] + volume.axes(input: shapes.input, output: shapes.output), files: [.scalarProduct])
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
  func strides(_ strides: [Int]) -> KernelCall.Value {
    let channelAxis = layout.channelAxis(rank: strides.count)
    let first = layout.firstSpatialAxis
    let spatial = Array(strides[first..<(first + window.rank)])
    let all = [strides[0], strides[channelAxis]] + Array(repeating: 0, count: 3 - spatial.count) + spatial
    return .code("(\(all.map(String.init).joined(separator: ", ")))")
  }

  /// How it moves along each axis, missing ones in front.
  func axes(input: [Int], output: [Int]) -> [KernelCall.Argument] {
    let missing = Array(
      repeating: "PoolAxis(extent: 1, resultExtent: 1, kernel: 1, stride: 1, dilation: 1, padding: 0)",
      count: 3 - window.rank)
    let axes = (0..<window.rank).map { axis in
      let index = layout.firstSpatialAxis + axis
      return "PoolAxis(extent: \(input[index]), resultExtent: \(output[index]), kernel: \(window.kernel[axis]), "
        + "stride: \(window.strides[axis]), dilation: \(window.dilations[axis]), padding: \(window.padBegin[axis]))"
    }
    return (missing + axes).map { .init(nil, .code($0)) }
  }
}
