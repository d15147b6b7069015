/// Takes elements at regular steps along every axis. Source: ONNX Slice and Split (a slice an output).
public struct Slice: Operator, Hashable {
  /// The first index along each axis.
  public var starts: [Int]
  /// The number of elements along each axis: the result's dimensions.
  public var counts: [Int]
  /// The step along each axis; may be negative, never 0.
  public var steps: [Int]

  /// Makes a slice; every array has one entry an axis. Steps default to 1.
  public init(starts: [Int], counts: [Int], steps: [Int]? = nil) {
    self.starts = starts
    self.counts = counts
    self.steps = steps ?? Array(repeating: 1, count: starts.count)
  }

  public var name: String { "Slice" }
}
