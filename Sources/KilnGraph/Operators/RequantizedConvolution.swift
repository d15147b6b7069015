/// The type and the quantisation of a result of 8 bits, and the numbers that it may be.
package struct QuantizedResult: Hashable, Sendable {
  /// `int8` or `uint8`.
  package let scalar: ScalarType
  /// The number that stands for 0.
  package let zeroPoint: Int
  /// The least and the largest number: the type's own limits, or those of an activation.
  package let limits: ClosedRange<Int>

  /// Makes the result; `nil` unless the type has 8 bits and holds the zero point and the limits.
  package init?(_ scalar: ScalarType, zeroPoint: Int, limits: ClosedRange<Int>? = nil) {
    guard let range = scalar.byteRange, range.contains(zeroPoint) else { return nil }
    self.scalar = scalar
    self.zeroPoint = zeroPoint
    self.limits = (limits ?? range).clamped(to: range)
  }

  /// Whether the limits are narrower than the type's.
  package var isClamped: Bool { limits != scalar.byteRange }

  /// The same with the limits of an activation that follows: what it makes of any number lies within them.
  package func limited(to range: ClosedRange<Int>) -> QuantizedResult {
    QuantizedResult(scalar, zeroPoint: zeroPoint, within: limits.clamped(to: range))
  }

  private init(_ scalar: ScalarType, zeroPoint: Int, within limits: ClosedRange<Int>) {
    (self.scalar, self.zeroPoint, self.limits) = (scalar, zeroPoint, limits)
  }

  /// The integer nearest to a quotient, ties to even, with the zero point, within the limits; 0 for NaN before it is added.
  func quantize(_ quotient: Float) -> Int {
    min(max(Quantization.integer(quotient, zeroPoint: zeroPoint), limits.lowerBound), limits.upperBound)
  }

  /// For instance `int8 zero -3` or `uint8 zero 0 in 0...127`.
  var details: String {
    "\(scalar.rawValue) zero \(zeroPoint)" + (isClamped ? " in \(limits.lowerBound)...\(limits.upperBound)" : "")
  }
}

extension ScalarType {
  /// What an integer of 8 bits holds; `nil` for other types.
  package var byteRange: ClosedRange<Int>? {
    switch self {
    case .int8: -128...127
    case .uint8: 0...255
    case .bool, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float16, .bfloat16, .float32, .float64: nil
    }
  }
}

/// A convolution of numbers of 8 bits to numbers of 8 bits or to real ones, all of whose quantisation is known: what kernels of exact
/// integer sums compute.
///
/// Operands as in `LinearOperand`: input `[N, C, spatial …]` or, channels last, `[N, spatial …, C]`, int8 or uint8; weight
/// `[M, C / groups, kernel …]` int8, whose zero point is 0; bias `[M]` int32; and in the slope's place the multipliers `[M]`
/// float32.
///
/// `y = limits(round(float32(bias[m] + sum over c, k of (x - inputZeroPoint) * w) * multiplier[m]) + zeroPoint)`, ties to even,
/// padding counting as `inputZeroPoint`. Source: ONNX QLinearConv 10, with `multiplier = xScale * wScale / yScale` in float32. A real
/// result is the product itself, with `multiplier = xScale * wScale`.
package struct RequantizedConvolution: Operator, Hashable {
  /// Kernel, strides, dilations and padding.
  package var window: Window
  /// Input and output channels are divided into this many independent groups.
  package var groups: Int
  /// Where the channels are.
  package var layout: ImageLayout
  /// The input's number that stands for 0.
  package var inputZeroPoint: Int
  /// The result's type and quantisation; `nil` for float32.
  package var result: QuantizedResult?

  /// Where the multipliers are among the operands.
  package static let multiplierOperand = LinearOperand.slope

  /// Makes a convolution.
  package init(
    window: Window, groups: Int = 1, layout: ImageLayout = .channelsFirst, inputZeroPoint: Int, result: QuantizedResult?
  ) {
    self.window = window
    self.groups = groups
    self.layout = layout
    self.inputZeroPoint = inputZeroPoint
    self.result = result
  }

  package var name: String { "QuantizedConv" }

  package var details: String { "\(convolution.details), \(result?.details ?? "float32")" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    let input = try inputs.operand(LinearOperand.input, "input")
    let weight = try inputs.operand(LinearOperand.weight, "weight")
    guard let range = input.scalar.byteRange else {
      throw OperatorError("the input is \(input.scalar.rawValue), int8 or uint8 is needed")
    }
    guard range.contains(inputZeroPoint) else {
      throw OperatorError("the zero point \(inputZeroPoint) is out of range")
    }
    try weight.require(.int8, "the weight")
    let sums = try convolution.outputType(
      input: TensorType(.int32, input.shape), weight: TensorType(.int32, weight.shape))
    for (index, scalar, role) in [
      (LinearOperand.bias, ScalarType.int32, "bias"), (Self.multiplierOperand, .float32, "multiplier"),
    ] {
      let operand = try inputs.operand(index, role)
      try operand.require(scalar, "the \(role)")
      try operand.require(shape: [weight.shape[0]], "the \(role)")
    }
    return [TensorType(result?.scalar ?? .float32, sums.shape)]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    convolution.multiplyAccumulates(inputs: inputs, outputs: outputs)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let (input, weight) = (try inputs.operand(LinearOperand.input), try inputs.operand(LinearOperand.weight))
    let bias = try inputs.operand(LinearOperand.bias).doubles()
    let multipliers = try inputs.operand(Self.multiplierOperand).floats()
    // Float64 holds every sum exactly.
    let sums = convolution.sums(
      input.channelsLastDoubles(layout).map { $0 - Double(inputZeroPoint) }, inputShape: input.shape, weight.doubles(),
      weightShape: weight.shape, outputShape: output.shape)
    let results = sums.indices.map { index in
      let channel = index % multipliers.count
      let product = Float(sums[index] + bias[channel]) * multipliers[channel]
      return result.map { Double($0.quantize(product)) } ?? Double(product)
    }
    return [Tensor(channelsLast: results, type: output, layout: layout)]
  }

  private var convolution: Convolution { Convolution(window: window, groups: groups, layout: layout) }
}
