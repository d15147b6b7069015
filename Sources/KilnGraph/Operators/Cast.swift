/// Converts every element to another type, as `Tensor`'s conversions say. Source: ONNX Cast and CastLike.
public struct Cast: Operator, Hashable {
  /// The type of the result.
  public var scalar: ScalarType

  /// Makes a conversion.
  public init(to scalar: ScalarType) { self.scalar = scalar }

  public var name: String { "Cast" }
}
