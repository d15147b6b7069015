// Formats of floating-point numbers with few bits. Float32 holds all of their numbers; of a bfloat16 there are its bits, too.

extension Elements {
  /// The nearest number of a format of few bits, ties to even.
  ///
  /// - Parameters:
  ///   - shift: `1.5 * 2^(52 - mantissa's bits)`: adding this multiple of a number's power of two rounds it.
  ///   - smallest: the power of two below which the spacing stays.
  ///   - excess: the magnitude of what rounds to more than `largest`.
  ///   - notANumber: what NaN becomes.
  ///   - zero: 0 makes zeros positive, -0 leaves them.
  @inline(__always)
  static func narrowed(
    _ x: Double, _ shift: Double, _ smallest: Double, _ largest: Double, _ excess: Double, _ notANumber: Double,
    _ zero: Double
  ) -> Double {
    if x != x { return notANumber }
    var rounded = x.magnitude
    if rounded <= 2 * largest {
      let power = Double(bitPattern: rounded.bitPattern & 0x7FF0_0000_0000_0000)
      let grid = (power < smallest ? smallest : power) * shift
      rounded = (rounded + grid) - grid
    }
    if rounded > largest { rounded = excess }
    return (x.sign == .minus ? -rounded : rounded) + zero
  }

  /// The same of float32, which has all numbers of such formats.
  @inline(__always)
  static func narrowed(
    _ x: Float, _ shift: Double, _ smallest: Double, _ largest: Double, _ excess: Double, _ notANumber: Double,
    _ zero: Double
  ) -> Float {
    Float(narrowed(Double(x), shift, smallest, largest, excess, notANumber, zero))
  }

  /// A power of two for the magnitude of `x`: the one that is not above it, or from `limit` times that on, itself excluded, the next;
  /// `low` below `2^-127`, `high` above `2^127`.
  @inline(__always)
  static func power(_ x: Double, _ limit: Double, _ low: Double, _ high: Double) -> Double {
    let magnitude = x.magnitude
    if x != x { return x }
    if magnitude < 0x1p-127 { return low }
    if !(magnitude <= 0x1p128) { return high }
    let power = Double(bitPattern: magnitude.bitPattern & 0x7FF0_0000_0000_0000)
    let rounded = magnitude > limit * power ? 2 * power : power
    return rounded > 0x1p127 ? high : rounded
  }

  /// The same of float32.
  @inline(__always)
  static func power(_ x: Float, _ limit: Double, _ low: Double, _ high: Double) -> Float {
    Float(power(Double(x), limit, low, high))
  }

  /// The number of a bfloat16's bits.
  @inline(__always)
  static func widenedBrainFloat(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The bits of the nearest bfloat16, ties to even; NaN stays one.
  @inline(__always)
  static func brainFloat(_ x: Float) -> UInt16 {
    let bits = x.bitPattern
    if x != x { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
