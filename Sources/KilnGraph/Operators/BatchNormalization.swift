/// Batch normalisation with fixed statistics: `y = (x - mean[c]) * scale[c] / sqrt(variance[c] + epsilon) + bias[c]`.
///
/// Operands: input `[N, C, …]`, scale `[C]`, bias `[C]`, mean `[C]`, variance `[C]`.
/// Source: ONNX BatchNormalization, versions 1 to 15, in inference mode.
package struct BatchNormalization: Operator, Hashable {
  /// Added to the variance.
  package var epsilon: Double

  /// Makes a batch normalisation.
  package init(epsilon: Double) { self.epsilon = epsilon }

  package var name: String { "BatchNormalization" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
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

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let scale = try inputs.operand(1).doubles()
    let bias = try inputs.operand(2).doubles()
    let mean = try inputs.operand(3).doubles()
    let variance = try inputs.operand(4).doubles()
    let inner = output.shape[2...].reduce(1, *)
    var values = try inputs.operand(0).doubles()
    for index in values.indices {
      let channel = index / inner % scale.count
      let normalized = (values[index] - mean[channel]) / (variance[channel] + epsilon).squareRoot()
      values[index] = normalized * scale[channel] + bias[channel]
    }
    return [Tensor(shape: output.shape, doubles: values, as: output.scalar)]
  }
}

/// The operands of `BatchNormalization` in a node; those after the first have one number per channel.
package enum BatchNormalizationOperand {
  /// The data.
  package static let input = 0
  /// What the normalised data is multiplied with.
  package static let scale = 1
  /// What is added then.
  package static let bias = 2
  /// The mean that is subtracted.
  package static let mean = 3
  /// The variance that is divided by the root of.
  package static let variance = 4
}
