/// A convolution over any number of spatial axes, with whatever was fused into it.
///
/// Operands as in `LinearOperand`: input `[N, C, spatial …]` or, channels last, `[N, spatial …, C]`; weight
/// `[M, C / groups, kernel …]` in either layout; bias `[M]`; addend of the output's shape; slope `[M]` or `[1]`.
///
/// `y[n, m, o] = bias[m] + sum over c, k of x[n, c, o * stride + k * dilation - padBegin] * w[m, c, k]`, where elements
/// outside the input count as 0. Source: ONNX Conv, versions 1 to 22.
package struct Convolution: Operator, Hashable {
  /// Kernel, strides, dilations and padding.
  package var window: Window
  /// Input and output channels are divided into this many independent groups.
  package var groups: Int
  /// Where the channels are.
  package var layout: ImageLayout
  /// What happens to each sum before it is stored.
  package var epilogue: Epilogue

  /// Makes a convolution.
  package init(
    window: Window, groups: Int = 1, layout: ImageLayout = .channelsFirst, epilogue: Epilogue = Epilogue()
  ) {
    self.window = window
    self.groups = groups
    self.layout = layout
    self.epilogue = epilogue
  }

  package var name: String { "Conv" }

  package var details: String { joinedDetails(window.description, groups: groups, epilogue) }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    let input = try inputs.operand(LinearOperand.input, "input")
    let weight = try inputs.operand(LinearOperand.weight, "weight")
    try input.requireFloatingPoint("the input")
    let output = try outputType(input: input, weight: weight)
    try epilogue.requireOperands(inputs, output: output, channels: weight.shape[0])
    return [output]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    guard let weight = inputs.optional(LinearOperand.weight), let output = outputs.first else { return 0 }
    return saturatingProduct(output.elementCount, weight.shape.dropFirst().reduce(1, saturatingProduct))
  }

  /// The shape rule without regard for the epilogue and for what kind of number is convolved.
  func outputType(input: TensorType, weight: TensorType) throws(OperatorError) -> TensorType {
    try weight.require(input.scalar, "the weight")
    try window.require()
    guard window.padBegin.allSatisfy({ $0 >= 0 }), window.padEnd.allSatisfy({ $0 >= 0 }) else {
      throw OperatorError("the padding \(window.padBegin), \(window.padEnd) is negative")
    }
    try window.require(input: input, weight: weight)
    let channels = input.shape[layout.channelAxis(rank: input.rank)]
    guard groups >= 1, channels % groups == 0, weight.shape[0] % groups == 0 else {
      throw OperatorError("\(channels) and \(weight.shape[0]) channels are not divisible into \(groups) groups")
    }
    guard channels / groups == weight.shape[1] else {
      throw OperatorError(
        "the weight has \(weight.shape[1]) input channels per group, the input has \(channels) in \(groups) groups")
    }
    var shape = input.shape
    shape[layout.channelAxis(rank: input.rank)] = weight.shape[0]
    for axis in 0..<window.rank {
      let index = layout.firstSpatialAxis + axis
      shape[index] = try window.outputExtent(axis, input: input.shape[index], roundsUp: false)
    }
    return try .checked(input.scalar, shape)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let weight = try inputs.operand(LinearOperand.weight)
    var values = sums(
      try inputs.operand(LinearOperand.input).channelsLastDoubles(layout),
      inputShape: try inputs.operand(LinearOperand.input).shape, weight.doubles(), weightShape: weight.shape,
      outputShape: output.shape)
    epilogue.apply(
      to: &values, channels: weight.shape[0],
      addend: inputs.optional(LinearOperand.addend)?.channelsLastDoubles(layout), operands: inputs)
    return [Tensor(channelsLast: values, type: output, layout: layout)]
  }

  /// The bare sums in Float64, input and result channels last whatever the layout of the shapes.
  func sums(
    _ input: [Double], inputShape: [Int], _ weight: [Double], weightShape: [Int], outputShape: [Int]
  ) -> [Double] {
    let taps = TapTable(
      window, input: layout.spatialExtents(inputShape), output: layout.spatialExtents(outputShape))
    let products = WindowSums(
      taps: taps, inputChannels: weightShape[1] * groups, outputChannels: weightShape[0], groups: groups)
    return products.evaluate(input, batch: inputShape[0]) { tap, inputChannel, outputChannel in
      weight[(outputChannel * weightShape[1] + inputChannel) * taps.tapCount + tap]
    }
  }
}
