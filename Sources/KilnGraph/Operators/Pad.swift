/// Adds elements around a tensor, or with negative amounts crops it. Source: ONNX Pad.
public struct Pad: Operator, Hashable {
  /// What the new elements hold.
  public enum Mode: Hashable, Sendable {
    case constant(Double)
    /// The image mirrored at its outermost element, which isn't repeated.
    case reflect
    /// The outermost element repeated (PyTorch's `replicate`).
    case edge
    /// The image repeated (PyTorch's `circular`).
    case wrap
  }

  /// Elements added in front of each axis.
  public var begin: [Int]
  /// Elements added behind each axis.
  public var end: [Int]
  /// What they hold.
  public var mode: Mode

  /// Makes a padding.
  public init(begin: [Int], end: [Int], mode: Mode) {
    self.begin = begin
    self.end = end
    self.mode = mode
  }

  public var name: String { "Pad" }
}
