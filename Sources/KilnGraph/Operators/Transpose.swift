/// Permutes axes: axis `i` of the result is axis `permutation[i]` of the input. Source: ONNX Transpose.
public struct Transpose: Operator, Hashable {
  /// A permutation of the axes.
  public var permutation: [Int]

  /// Makes a transposition.
  public init(_ permutation: [Int]) { self.permutation = permutation }

  public var name: String { "Transpose" }
}
