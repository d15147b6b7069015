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
}
