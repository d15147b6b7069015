/// Picks from two tensors by a third, all broadcast against each other: `condition ? a : b`. Source: ONNX Where.
public struct Select: Operator, Hashable {
  /// Makes the operator.
  public init() {}

  public var name: String { "Where" }
}
