/// Picks slices along an axis by index; a negative index counts from the end. Operands: data, indices.
/// Source: ONNX Gather.
public struct Gather: Operator, Hashable {
  /// The axis of the data, counted from the front.
  public var axis: Int

  /// Makes a gather.
  public init(axis: Int) { self.axis = axis }

  public var name: String { "Gather" }
}
