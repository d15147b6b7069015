/// The sum of two tensors of 8 bits as one, all of whose quantisation is known.
///
/// Operands: two of one shape, int8 or uint8. `y = limits(round(((a - aZero) * aScale + (b - bZero) * bScale) / scale) +
/// zeroPoint)`, ties to even, each operation rounded in float32. Source: ONNX DequantizeLinear, Add and QuantizeLinear, one after
/// the other.
package struct RequantizedSum: Operator, Hashable {
  /// The operands' quantisation.
  package var left: TensorQuantization
  package var right: TensorQuantization
  /// What a step of the result stands for.
  package var scale: Float
  /// The result's type and quantisation.
  package var result: QuantizedResult

  /// Makes a sum.
  package init(
    _ left: TensorQuantization, _ right: TensorQuantization, scale: Float, result: QuantizedResult
  ) {
    (self.left, self.right, self.scale, self.result) = (left, right, scale, result)
  }

  package var name: String { "QuantizedAdd" }

  package var details: String { result.details }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let types = [try inputs.operand(0, "left term"), try inputs.operand(1, "right term")]
    for type in types where type.scalar.byteRange == nil {
      throw OperatorError("a term is \(type.scalar.rawValue), int8 or uint8 is needed")
    }
    try types[1].require(shape: types[0].shape, "the right term")
    return [TensorType(result.scalar, types[0].shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let output = try outputTypes(for: inputs.types)[0]
    let (a, b) = (try inputs.operand(0).integers(), try inputs.operand(1).integers())
    let results = a.indices.map { index in
      let (x, y) = (left.real(a[index]), right.real(b[index]))
      return result.quantize((x + y) / scale)
    }
    return [Tensor(shape: output.shape, integers: results, as: output.scalar)]
  }
}
