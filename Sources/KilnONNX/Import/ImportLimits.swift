/// What a model may ask for.
///
/// A file is untrusted: importing one of n bytes costs at most a constant and a multiple of n.
struct ImportLimits {
  /// How deeply functions and subgraphs may be nested in each other when they are inlined.
  static let maximumInliningDepth = 16

  /// The bytes that constants made while importing may have in all.
  private(set) var remainingBytes: Int
  /// The elements and multiply-accumulates that constant folding may compute in all.
  private(set) var remainingWork: Int
  /// The nodes that inlining functions and subgraphs may make.
  private(set) var remainingInlinedNodes: Int

  /// Limits for a model file of `byteCount` bytes.
  init(byteCount: Int) {
    remainingBytes = 64 << 20
    remainingWork = 4 << 20
    remainingInlinedNodes = 100_000
    grow(byteCount: byteCount)
  }

  /// Raises the limits by what another file of `byteCount` bytes justifies.
  mutating func grow(byteCount: Int) {
    remainingBytes += 16 * byteCount
    remainingWork += 8 * byteCount
    remainingInlinedNodes += byteCount / 16
  }

  /// Takes a constant of `byteCount` bytes, and the work that makes it, off the budget; `false` when it is used up.
  mutating func spend(bytes byteCount: Int, work: Int = 0) -> Bool {
    guard byteCount <= remainingBytes, work <= remainingWork else { return false }
    remainingBytes -= byteCount
    remainingWork -= work
    return true
  }

  /// Takes `count` nodes off the budget; `false` when it is used up.
  mutating func spend(inlinedNodes count: Int) -> Bool {
    guard count <= remainingInlinedNodes else { return false }
    remainingInlinedNodes -= count
    return true
  }
}
