/// Quantises float32 to uint8 with the scale and zero point that the numbers themselves ask for.
///
/// Outputs: the quantised tensor, the scale, the zero point.
///
/// `scale = (max(0, max(x)) - min(0, min(x))) / 255`, `zeroPoint = round(saturate(-min(0, min(x)) / scale))`.
/// Source: ONNX DynamicQuantizeLinear 11.
package struct DynamicQuantizeLinear: Operator, Hashable {
  /// Makes the operator.
  package init() {}

  package var name: String { "DynamicQuantizeLinear" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(.float32, "the input")
    return [TensorType(.uint8, input.shape), TensorType(.float32, []), TensorType(.uint8, [])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let input = try inputs.operand(0).floats()
    let smallest = input.reduce(0) { $1 < $0 || $1.isNaN ? $1 : $0 }
    let range = input.reduce(0) { $1 > $0 || $1.isNaN ? $1 : $0 } - smallest
    // Nothing but zeros has no range; any scale then keeps them.
    let scale = range == 0 ? 1 : range / 255
    let order = IntegerOrder(.uint8)
    let zeroPoint = Quantization.quantize(-smallest, scale: scale, zeroPoint: 0, as: order)
    let results = input.map { Quantization.quantize($0, scale: scale, zeroPoint: zeroPoint, as: order) }
    return [
      Tensor(shape: types[0].shape, integers: results, as: .uint8), Tensor(shape: [], floats: [scale]),
      Tensor(shape: [], integers: [zeroPoint], as: .uint8),
    ]
  }
}
