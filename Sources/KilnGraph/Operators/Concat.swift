/// Joins tensors along one axis. Source: ONNX Concat.
public struct Concat: Operator, Hashable {
  /// The axis, counted from the front.
  public var axis: Int

  /// Makes a concatenation.
  public init(axis: Int) { self.axis = axis }

  public var name: String { "Concat" }
}
