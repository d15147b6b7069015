/// Makes quantised numbers real: `y = (x - zeroPoint) * scale`, of the scale's type.
///
/// Operands: input, scale, zero point (may be absent: 0), the latter two one number, one for each index along the axis,
/// or one for each block. Source: ONNX DequantizeLinear 10 to 28, for inputs of 8, 16 and 32 bits, and for floats of 8 bits or less
/// as float32.
package struct DequantizeLinear: Operator, Hashable {
  /// The axis along which scales differ, counted from the front.
  package var axis: Int
  /// The number of neighbours along the axis that share a scale; 0 when there are no blocks.
  package var blockSize: Int

  /// Makes the operator.
  package init(axis: Int = 1, blockSize: Int = 0) {
    self.axis = axis
    self.blockSize = blockSize
  }

  package var name: String { "DequantizeLinear" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let input = try inputs.operand(0, "input")
    if input.scalar != .int32, input.scalar != .float32 { try Quantization.requireQuantized(input, "the input") }
    let scale = try inputs.operand(1, "scale")
    try scale.requireFloatingPoint("the scale")
    try granularity.require(scale, for: input)
    if let zeroPoint = inputs.optional(2) {
      try zeroPoint.require(input.scalar, "the zero point")
      try granularity.require(zeroPoint, for: input)
    }
    return [TensorType(scale.scalar, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(0).doubles()
    let scale = granularity.expand(try inputs.operand(1), to: output.shape).doubles()
    let zeroPoint = inputs.optional(2).map { granularity.expand($0, to: output.shape).doubles() }
    let results = input.indices.map { (input[$0] - (zeroPoint?[$0] ?? 0)) * scale[$0] }
    return [Tensor(shape: output.shape, doubles: results, as: output.scalar).stored(as: narrow(inputs))]
  }

  /// The result as the input has it; `nil` where scales are no float32 or belong to blocks.
  private func narrow(_ inputs: [Tensor?]) -> NarrowElements? {
    guard blockSize == 0, let input = inputs.optional(0), !input.scalar.isFloatingPoint, let scale = inputs.optional(1),
      scale.scalar == .float32
    else { return nil }
    let (scales, zeroPoints) = (scale.floats(), inputs.optional(2)?.floats() ?? [0])
    let count = max(scales.count, zeroPoints.count)
    func each(_ numbers: [Float]) -> [Float] {
      numbers.count == 1 ? [Float](repeating: numbers[0], count: count) : numbers
    }
    return NarrowElements(input, scales: each(scales), zeroPoints: each(zeroPoints), axis: axis)
  }

  private var granularity: QuantizationGranularity { QuantizationGranularity(axis: axis, blockSize: blockSize) }
}
