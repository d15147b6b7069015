/// Repeats a tensor along each axis. Source: ONNX Tile.
public struct Tile: Operator, Hashable {
  /// How often, one entry an axis.
  public var repeats: [Int]

  /// Makes a tiling.
  public init(_ repeats: [Int]) { self.repeats = repeats }

  public var name: String { "Tile" }
}
