/// Quantises: `y = saturate(round(x / scale) + zeroPoint)`, ties to even.
///
/// Operands: input, scale, zero point (may be absent: 0), the latter two one number, one for each index along the axis,
/// or one for each block. Source: ONNX QuantizeLinear 10 to 21, for results of 8 and 16 bits.
package struct QuantizeLinear: Operator, Hashable {
  /// The type of the result; the zero point's where there is one.
  package var scalar: ScalarType
  /// The axis along which scales differ, counted from the front.
  package var axis: Int
  /// The number of neighbours along the axis that share a scale; 0 when there are no blocks.
  package var blockSize: Int

  /// Makes the operator.
  package init(to scalar: ScalarType, axis: Int = 1, blockSize: Int = 0) {
    self.scalar = scalar
    self.axis = axis
    self.blockSize = blockSize
  }

  package var name: String { "QuantizeLinear" }

  package var details: String { scalar.rawValue }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let input = try inputs.operand(0, "input")
    guard input.scalar.isFloatingPoint || input.scalar == .int32 else {
      throw OperatorError("the input is \(input.scalar.rawValue), floating point or int32 is needed")
    }
    let output = TensorType(scalar, input.shape)
    try Quantization.requireQuantized(output, "the result")
    let scale = try inputs.operand(1, "scale")
    try scale.requireFloatingPoint("the scale")
    try granularity.require(scale, for: input)
    if let zeroPoint = inputs.optional(2) {
      try zeroPoint.require(scalar, "the zero point")
      try granularity.require(zeroPoint, for: input)
    }
    return [output]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(0).floats()
    let scale = granularity.expand(try inputs.operand(1), to: output.shape).floats()
    let zeroPoint = inputs.optional(2).map { granularity.expand($0, to: output.shape).integers() }
    let order = IntegerOrder(scalar)
    let results = input.indices.map { index in
      Quantization.quantize(input[index], scale: scale[index], zeroPoint: zeroPoint?[index] ?? 0, as: order)
    }
    return [Tensor(shape: output.shape, integers: results, as: scalar)]
  }

  private var granularity: QuantizationGranularity { QuantizationGranularity(axis: axis, blockSize: blockSize) }
}
