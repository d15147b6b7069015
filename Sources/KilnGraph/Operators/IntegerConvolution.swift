/// A convolution of quantised numbers with exact int32 sums: `sum of (x - xZeroPoint) * (w - wZeroPoint[m])`; padding
/// counts as real zero.
///
/// Operands: input `[N, C, …]`, weight `[M, C / groups, kernel …]`, zero point of the input (may be absent), zero point
/// of the weight (one number or `[M]`, may be absent). Source: ONNX ConvInteger 10.
package struct IntegerConvolution: Operator, Hashable {
  /// Kernel, strides, dilations and padding.
  package var window: Window
  /// Input and output channels are divided into this many independent groups.
  package var groups: Int

  /// Makes the operator.
  package init(window: Window, groups: Int = 1) {
    self.window = window
    self.groups = groups
  }

  package var name: String { "ConvInteger" }

  package var details: String { convolution.details }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 4)
    let input = try inputs.operand(0, "input")
    try Quantization.requireScalar(inputs, scale: nil, zeroPoint: 2, as: input.scalar, "the input")
    return [
      try integerConvolutionType(
        convolution, input: input, weight: try inputs.operand(1, "weight"), zeroPoint: inputs.optional(3))
    ]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    convolution.multiplyAccumulates(inputs: inputs, outputs: outputs)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let sums = integerConvolutionSums(
      convolution, try inputs.operand(0), zeroPoint: inputs.integer(2), try inputs.operand(1),
      weightZeroPoint: inputs.optional(3), output: output)
    return [Tensor(channelsLast: sums, type: output, layout: .channelsFirst)]
  }

  private var convolution: Convolution { Convolution(window: window, groups: groups) }
}

/// A convolution of quantised numbers to quantised numbers: the exact integer sum, with an int32 bias, is multiplied by
/// `xScale * wScale[m] / yScale`, rounded with ties to even, shifted by the result's zero point and saturated.
///
/// Operands: input, its scale and zero point; weight, its scale and zero point (one number or `[M]`); the result's scale
/// and zero point; bias `[M]` int32 (may be absent). Source: ONNX QLinearConv 10.
package struct QuantizedConvolution: Operator, Hashable {
  /// Kernel, strides, dilations and padding.
  package var window: Window
  /// Input and output channels are divided into this many independent groups.
  package var groups: Int

  /// Makes the operator.
  package init(window: Window, groups: Int = 1) {
    self.window = window
    self.groups = groups
  }

  package var name: String { "QLinearConv" }

  package var details: String { convolution.details }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 9)
    let input = try inputs.operand(0, "input")
    let weight = try inputs.operand(3, "weight")
    try Quantization.requireScalar(inputs, scale: 1, zeroPoint: 2, as: input.scalar, "the input")
    let sums = try integerConvolutionType(convolution, input: input, weight: weight, zeroPoint: inputs.optional(5))
    let weightScale = try inputs.operand(4, "scale of the weight")
    try weightScale.requireFloatingPoint("the scale of the weight")
    try QuantizationGranularity(axis: 0, blockSize: 0).require(weightScale, for: weight)
    let zeroPoint = try inputs.operand(7, "zero point of the result")
    try Quantization.requireScalar(inputs, scale: 6, zeroPoint: 7, as: zeroPoint.scalar, "the result")
    try Quantization.requireQuantized(zeroPoint, "the zero point of the result")
    if let bias = inputs.optional(8) {
      try bias.require(.int32, "the bias")
      try bias.require(shape: [weight.shape[0]], "the bias")
    }
    return [TensorType(zeroPoint.scalar, sums.shape)]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    convolution.multiplyAccumulates(inputs: [inputs.optional(0), inputs.optional(3)], outputs: outputs)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let weight = try inputs.operand(3)
    let sums = integerConvolutionSums(
      convolution, try inputs.operand(0), zeroPoint: inputs.integer(2), weight, weightZeroPoint: inputs.optional(5),
      output: output)
    let channels = weight.shape[0]
    let inputScale = try inputs.float(1)
    let outputScale = try inputs.float(6)
    let scales = try inputs.operand(4).floats().map { inputScale * $0 / outputScale }
    let bias = inputs.optional(8)?.doubles()
    let order = IntegerOrder(output.scalar)
    let results = sums.indices.map { index in
      let channel = index % channels
      return Double(
        Quantization.requantize(
          sums[index] + (bias?[channel] ?? 0), multiplier: scales[scales.count == 1 ? 0 : channel],
          zeroPoint: inputs.integer(7), as: order))
    }
    return [Tensor(channelsLast: results, type: output, layout: .channelsFirst)]
  }

  private var convolution: Convolution { Convolution(window: window, groups: groups) }
}

/// The type of the int32 sums, when input, weight and the weight's zero point fit.
private func integerConvolutionType(
  _ convolution: Convolution, input: TensorType, weight: TensorType, zeroPoint: TensorType?
) throws(OperatorError) -> TensorType {
  try Quantization.requireQuantized(input, "the input")
  try Quantization.requireQuantized(weight, "the weight")
  // Input and weight may differ in sign: their shapes are checked as if both were of one type.
  let sums = try convolution.outputType(
    input: TensorType(.int32, input.shape), weight: TensorType(.int32, weight.shape))
  if let zeroPoint {
    try zeroPoint.require(weight.scalar, "the zero point of the weight")
    try QuantizationGranularity(axis: 0, blockSize: 0).require(zeroPoint, for: weight)
  }
  return sums
}

/// The sums of differences from the zero points, channels last: exact, as Float64 holds every integer below 2^53.
private func integerConvolutionSums(
  _ convolution: Convolution, _ input: Tensor, zeroPoint: Int, _ weight: Tensor, weightZeroPoint: Tensor?,
  output: TensorType
) -> [Double] {
  var elements = weight.doubles()
  if let weightZeroPoint {
    let zeros = QuantizationGranularity(axis: 0, blockSize: 0).expand(weightZeroPoint, to: weight.shape).doubles()
    for index in elements.indices { elements[index] -= zeros[index] }
  }
  let differences = input.channelsLastDoubles(.channelsFirst).map { $0 - Double(zeroPoint) }
  return convolution.sums(
    differences, inputShape: input.shape, elements, weightShape: weight.shape, outputShape: output.shape)
}
