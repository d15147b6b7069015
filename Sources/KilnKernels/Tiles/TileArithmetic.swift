import KilnMachine

/// What numbers a register tile computes with.
package enum TileArithmetic: Hashable, Sendable {
  case float32
  /// All products of a sum in float16.
  case float16
  /// Products in float16, `TileArithmetic.flushLength` at a time, and their sums in float32.
  case flushedFloat16

  /// Products that are summed up in float16 before they are added to what is summed up in float32.
  ///
  /// Of normally distributed numbers the signal is then 56.9 decibels above the noise, however many products there are; it is 58.0 with 72
  /// at a time, and without float32 46.6 for 960 products and 40.2 for 4,608.
  package static let flushLength = 96

  /// How sums of `count` products of float16 are taken.
  package init(halfProducts count: Int) { self = count > Self.flushLength ? .flushedFloat16 : .float16 }

  /// Whether products are of float16.
  package var isHalf: Bool { self != .float32 }

  /// Bytes of a number.
  package var elementByteCount: Int { isHalf ? 2 : 4 }

  /// Lanes of a vector, where one of float32 has `vectorWidth`.
  package func lanes(vectorWidth: Int) -> Int { isHalf ? 8 : vectorWidth }

  /// A machine as tiles of these numbers see it.
  package func machine(_ target: Target) -> Target { isHalf ? target.ofHalves : target }

  /// What tiles' names say of it.
  var nameSuffix: String {
    switch self {
    case .float32: ""
    case .float16: "Halves"
    case .flushedFloat16: "FlushedHalves"
    }
  }
}
