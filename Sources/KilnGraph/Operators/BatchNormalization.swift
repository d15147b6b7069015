/// Batch normalisation with fixed statistics: `y = (x - mean[c]) * scale[c] / sqrt(variance[c] + epsilon) + bias[c]`.
///
/// Operands: input `[N, C, …]`, scale `[C]`, bias `[C]`, mean `[C]`, variance `[C]`.
/// Source: ONNX BatchNormalization, versions 1 to 15, in inference mode.
public struct BatchNormalization: Operator, Hashable {
  /// Added to the variance.
  public var epsilon: Double

  /// Makes a batch normalisation.
  public init(epsilon: Double) { self.epsilon = epsilon }

  public var name: String { "BatchNormalization" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 5)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    guard input.rank >= 2 else { throw OperatorError("the input \(input) has no channel axis") }
    for (index, role) in ["scale", "bias", "mean", "variance"].enumerated() {
      let parameter = try inputs.operand(index + 1, role)
      try parameter.requireFloatingPoint(role)
      try parameter.require(shape: [input.shape[1]], role)
    }
    return [input]
  }
}
