@testable import KilnGraph

extension GraphBuilder {
  mutating func parameters(_ quantization: TensorQuantization, _ scalar: ScalarType) -> [ValueID] {
    let zero = Tensor(shape: [], integers: [quantization.zeroPoint], as: scalar)
    return [self.scalar(quantization.scale), graph.addConstant("zero", zero)]
  }

  mutating func quantized(
    _ x: ValueID, _ quantization: TensorQuantization, _ scalar: ScalarType
  ) throws -> ValueID {
    try node(QuantizeLinear(to: scalar, axis: 0), [x] + parameters(quantization, scalar))
  }

  /// A value quantised and made real again.
  mutating func dequantized(
    _ x: ValueID, _ quantization: TensorQuantization, _ scalar: ScalarType
  ) throws -> ValueID {
    let numbers = try quantized(x, quantization, scalar)
    return try node(DequantizeLinear(axis: 0), [numbers] + parameters(quantization, scalar))
  }

  /// Weights of 8 bits as an importer has them, with some scales.
  mutating func weight(_ shape: [Int], _ scaleCount: Int) -> ValueID {
    let codes = Tensor(shape: shape, integers: (0..<shape.reduce(1, *)).map { $0 * 29 % 255 - 127 }, as: .int8)
    let scales = Tensor(
      shape: scaleCount == 1 ? [] : [scaleCount], floats: (0..<scaleCount).map { 0.004 + Float($0) / 4000 })
    do {
      return graph.addConstant("weight", try DequantizeLinear(axis: 0).evaluate([codes, scales])[0])
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
