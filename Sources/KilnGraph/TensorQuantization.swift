/// What the numbers of a quantised tensor stand for: `real = (number - zeroPoint) * scale`.
package struct TensorQuantization: Hashable, Sendable {
  /// The step between neighbouring numbers.
  package var scale: Float
  /// The number that stands for 0.
  package var zeroPoint: Int

  /// Makes a quantisation.
  package init(scale: Float, zeroPoint: Int) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// What a number stands for, rounded to float32.
  package func real(_ number: Int) -> Float { Float(number - zeroPoint) * scale }
}

extension Graph {
  /// The quantisation of the whole tensor that a `QuantizeLinear` makes of float32, or a `DequantizeLinear` makes float32 of, of 8
  /// bits; `nil` for other nodes, and where it is computed at run time or differs within the tensor.
  package func tensorQuantization(by id: NodeID) -> TensorQuantization? {
    let node = self[id]
    let (real, quantized): (ValueID, ValueID)
    switch (node.operation, node.inputs.first ?? nil) {
    case (is QuantizeLinear, let input?): (real, quantized) = (input, node.outputs[0])
    case (is DequantizeLinear, let input?): (real, quantized) = (node.outputs[0], input)
    default: return nil
    }
    guard type(of: real).scalar == .float32, let range = type(of: quantized).scalar.byteRange,
      let scale = constant(node.inputs[1])?.floats(), scale.count == 1, scale[0].isFinite, scale[0] > 0
    else { return nil }
    guard node.inputs.count > 2, let zeroPoint = node.inputs[2] else {
      return TensorQuantization(scale: scale[0], zeroPoint: 0)
    }
    guard let zeroPoints = constant(zeroPoint)?.integers(), zeroPoints.count == 1, range.contains(zeroPoints[0]) else {
      return nil
    }
    return TensorQuantization(scale: scale[0], zeroPoint: zeroPoints[0])
  }
}
