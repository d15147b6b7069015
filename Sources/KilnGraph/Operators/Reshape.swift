/// The same elements in row-major order with other dimensions. Source: ONNX Reshape, Flatten, Squeeze, Unsqueeze.
public struct Reshape: Operator, Hashable {
  /// The dimensions, all known.
  public var shape: [Int]

  /// Makes a reshape.
  public init(to shape: [Int]) { self.shape = shape }

  public var name: String { "Reshape" }
}
