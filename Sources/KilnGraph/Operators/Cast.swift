/// Converts every element to another type, as `Tensor`'s conversions say. Source: ONNX Cast and CastLike.
public struct Cast: Operator, Hashable {
  /// The type of the result.
  public var scalar: ScalarType

  /// Makes a conversion.
  public init(to scalar: ScalarType) { self.scalar = scalar }

  public var name: String { "Cast" }

  public var details: String { scalar.rawValue }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    return [TensorType(scalar, try inputs.operand(0, "input").shape)]
  }
}
