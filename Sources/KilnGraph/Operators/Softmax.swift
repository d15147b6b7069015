/// `exp(x - max) / sum(exp(x - max))` along one axis, or its logarithm. Source: ONNX Softmax and LogSoftmax 13; the
/// importer reshapes around the older versions, which normalise over all axes from one on.
public struct Softmax: Operator, Hashable {
  /// The axis, counted from the front.
  public var axis: Int
  /// Whether the result is the logarithm.
  public var isLogarithmic: Bool

  /// Makes a softmax.
  public init(axis: Int, isLogarithmic: Bool = false) {
    self.axis = axis
    self.isLogarithmic = isLogarithmic
  }

  public var name: String { isLogarithmic ? "LogSoftmax" : "Softmax" }

  public var details: String { "axis \(axis)" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    try input.require(axis: axis)
    return [input]
  }
}
