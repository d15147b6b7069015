/// A transposed convolution, the adjoint of `Convolution`, with whatever was fused into it.
///
/// Operands as in `LinearOperand`; weight `[C, M / groups, kernel …]`. Each input element adds `x * w[c, m, k]` to the
/// output at `i * stride + k * dilation - padBegin`; the output's extent is
/// `(i - 1) * stride + outputPadding + extent - padBegin - padEnd`.
/// Source: ONNX ConvTranspose, versions 1 to 22; the importer resolves `output_shape` and `auto_pad` into padding.
package struct TransposedConvolution: Operator, Hashable {
  /// Kernel, strides, dilations and padding; padding crops the output and may be negative.
  package var window: Window
  /// Extra output elements after each axis.
  package var outputPadding: [Int]
  /// Input and output channels are divided into this many independent groups.
  package var groups: Int
  /// Where the channels are.
  package var layout: ImageLayout
  /// What happens to each sum before it is stored.
  package var epilogue: Epilogue

  /// Makes a transposed convolution.
  package init(
    window: Window, outputPadding: [Int]? = nil, groups: Int = 1, layout: ImageLayout = .channelsFirst,
    epilogue: Epilogue = Epilogue()
  ) {
    self.window = window
    self.outputPadding = outputPadding ?? Array(repeating: 0, count: window.rank)
    self.groups = groups
    self.layout = layout
    self.epilogue = epilogue
  }

  package var name: String { "ConvTranspose" }

  package var details: String { joinedDetails(window.description, groups: groups, epilogue) }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    let input = try inputs.operand(LinearOperand.input, "input")
    let weight = try inputs.operand(LinearOperand.weight, "weight")
    try input.requireFloatingPoint("the input")
    try weight.require(input.scalar, "the weight")
    try window.require()
    try window.require(input: input, weight: weight)
    let channels = input.shape[layout.channelAxis(rank: input.rank)]
    guard channels == weight.shape[0] else {
      throw OperatorError("the weight has \(weight.shape[0]) input channels, the input has \(channels)")
    }
    guard groups >= 1, channels % groups == 0 else {
      throw OperatorError("\(channels) channels are not divisible into \(groups) groups")
    }
    guard outputPadding.count == window.rank else {
      throw OperatorError("the output padding has \(outputPadding.count) entries for \(window.rank) axes")
    }
    let outputChannels = saturatingProduct(weight.shape[1], groups)
    var shape = input.shape
    shape[layout.channelAxis(rank: input.rank)] = outputChannels
    for axis in 0..<window.rank {
      let index = layout.firstSpatialAxis + axis
      shape[index] = try outputExtent(axis, input: input.shape[index])
    }
    let output = try TensorType.checked(input.scalar, shape)
    try epilogue.requireOperands(inputs, output: output, channels: outputChannels)
    return [output]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    guard let input = inputs.optional(LinearOperand.input), let weight = inputs.optional(LinearOperand.weight)
    else { return 0 }
    return saturatingProduct(input.elementCount, weight.shape.dropFirst().reduce(1, saturatingProduct))
  }

  private func outputExtent(_ axis: Int, input: Int) throws(OperatorError) -> Int {
    guard (0...Window.limit).contains(outputPadding[axis]) else {
      throw OperatorError("the output padding \(outputPadding[axis]) of axis \(axis) is out of range")
    }
    guard input > 0 else { throw OperatorError("spatial axis \(axis) of the input is empty") }
    let last = saturatingProduct(input - 1, window.strides[axis])
    let padding = window.padBegin[axis] + window.padEnd[axis]
    let extent = saturatingSum(last, outputPadding[axis] + window.extent(axis) - padding)
    guard extent >= 1 else { throw OperatorError("the padding leaves nothing of spatial axis \(axis)") }
    return extent
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(LinearOperand.input)
    let weight = try inputs.operand(LinearOperand.weight)
    let elements = weight.doubles()
    let taps = TapTable(
      transposed: window, input: layout.spatialExtents(input.shape), output: layout.spatialExtents(output.shape))
    let channels = weight.shape[1]
    let products = WindowSums(
      taps: taps, inputChannels: weight.shape[0], outputChannels: channels * groups, groups: groups)
    let inputsOfGroup = weight.shape[0] / groups
    var values = products.evaluate(input.channelsLastDoubles(layout), batch: input.shape[0]) {
      tap, inputChannel, outputChannel in
      let (group, result) = outputChannel.quotientAndRemainder(dividingBy: channels)
      return elements[((group * inputsOfGroup + inputChannel) * channels + result) * taps.tapCount + tap]
    }
    epilogue.apply(
      to: &values, channels: channels * groups,
      addend: inputs.optional(LinearOperand.addend)?.channelsLastDoubles(layout), operands: inputs)
    return [Tensor(channelsLast: values, type: output, layout: layout)]
  }
}
