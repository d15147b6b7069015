/// Broadcasts a tensor to a larger shape, as NumPy does. Source: ONNX Expand.
public struct Expand: Operator, Hashable {
  /// The dimensions of the result.
  public var shape: [Int]

  /// Makes an expansion.
  public init(to shape: [Int]) { self.shape = shape }

  public var name: String { "Expand" }
}
