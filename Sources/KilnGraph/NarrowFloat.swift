/// A format of floating-point numbers of 8 bits or less: what it makes of other numbers.
///
/// Float32 has all of its numbers.
///
/// Source: the tables of ONNX Cast 28.
package enum NarrowFloat: Hashable, Sendable {
  /// Numbers with a sign and a mantissa, rounded to the nearest, ties to even.
  ///
  /// - Parameters:
  ///   - mantissaBits: the bits after the leading one.
  ///   - minimumExponent: the exponent of the smallest number with a leading one; smaller ones have its spacing.
  ///   - largest: the largest number.
  ///   - excess: the magnitude of what would be larger, infinity included.
  ///   - hasNaN: whether NaN stays; it becomes 0 otherwise.
  ///   - hasNegativeZero: whether zeros keep their sign.
  case number(
    mantissaBits: Int, minimumExponent: Int, largest: Double, excess: Double, hasNaN: Bool, hasNegativeZero: Bool)
  /// Powers of two from `2^-127` to `2^127`, of magnitudes.
  ///
  /// - Parameters:
  ///   - limit: from which multiple of a power of two on the next one takes its place, itself excluded.
  ///   - saturates: whether what is beyond becomes the nearest of them; otherwise NaN.
  case power(limit: Double, saturates: Bool)

  /// The number that `x` becomes.
  package func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .number(let mantissaBits, let minimumExponent, let largest, let excess, let hasNaN, let hasNegativeZero):
      if x.isNaN { return hasNaN ? x : 0 }
      let exponent = x.isFinite && x != 0 ? max(Int(x.exponent), minimumExponent) : minimumExponent
      let spacing = Double(sign: .plus, exponent: exponent - mantissaBits, significand: 1)
      let rounded = (x / spacing).rounded(.toNearestOrEven) * spacing
      let limited = rounded.magnitude > largest ? (x < 0 ? -excess : excess) : rounded
      return limited == 0 && !hasNegativeZero ? 0 : limited
    case .power(let limit, let saturates):
      let magnitude = x.magnitude
      if x.isNaN { return x }
      if magnitude < 0x1p-127 { return saturates ? 0x1p-127 : .nan }
      if magnitude.isInfinite { return saturates ? 0x1p127 : .nan }
      let power = magnitude.binade
      let rounded = magnitude / power > limit ? 2 * power : power
      return rounded > 0x1p127 ? (saturates ? 0x1p127 : .nan) : rounded
    }
  }
}
