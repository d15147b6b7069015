// Sine, cosine and tangent of every lane: the angle less a multiple of a right angle, and a minimax polynomial. The bounds are in
// units in the last place of the exact result, hold for all finite angles, and are tested against Float64. Infinities give NaN.

private typealias Quadrants = Vector.MaskStorage

/// The sine within 2 ulp.
@inline(__always)
func sine(_ x: Vector) -> Vector {
  let turned = reduceByRightAngle(x)
  // -0 is its own sine.
  return sine(turned.angle, inQuadrant: turned.quadrant)
    .replacing(with: x, where: x .== Vector(repeating: 0))
}

/// The cosine within 2 ulp.
@inline(__always)
func cosine(_ x: Vector) -> Vector {
  let turned = reduceByRightAngle(x)
  return sine(turned.angle, inQuadrant: turned.quadrant &+ Quadrants(repeating: 1))
}

/// The tangent within 4 ulp.
@inline(__always)
func tangent(_ x: Vector) -> Vector {
  let turned = reduceByRightAngle(x)
  let quotient =
    sine(turned.angle, inQuadrant: turned.quadrant)
    / sine(turned.angle, inQuadrant: turned.quadrant &+ Quadrants(repeating: 1))
  return quotient.replacing(with: x, where: x .== Vector(repeating: 0))
}

/// `(n, r)` with `x = n * pi / 2 + r` and `|r| <= pi / 4`, up to rounding; of n the last two bits.
@inline(__always)
private func reduceByRightAngle(_ x: Vector) -> (quadrant: Quadrants, angle: Vector) {
  var (quadrant, angle) = reduceSmallAngle(x)
  let isLarge = .!(absolute(x) .<= Vector(repeating: 0x1p13))
  if any(isLarge) {
    var lane = 0
    while lane < Vector.scalarCount {
      if isLarge[lane] { (quadrant[lane], angle[lane]) = reduceLargeAngle(x[lane]) }
      lane &+= 1
    }
  }
  return (quadrant, angle)
}

/// The same for `2^13 <= |x|`: the product with 1 / (2 pi) in integers, without its whole part, which is a number of whole turns.
@inline(never)
private func reduceLargeAngle(_ x: Float) -> (quadrant: Int32, angle: Float) {
  guard x.magnitude < .infinity else { return (0, .nan) }
  // |x| = mantissa * 2^(exponent - 32), and 1 / (2 pi) = 0.words after the first, each of 32 bits.
  let exponent = Int(x.exponentBitPattern) &- 126
  let mantissa = UInt64(x.significandBitPattern | 0x80_0000) << 8
  let words = SIMD8<UInt32>(
    0, 0x28BE_60DB, 0x9391_054A, 0x7F09_D5F4, 0x7D4D_3770, 0x36D8_A566, 0x4F10_E410, 0x7F94_58EA)
  let (word, shift) = (exponent / 32, UInt64(exponent % 32))
  @inline(__always) func bits(_ place: Int) -> UInt64 {
    let pair = UInt64(words[word &+ place]) << 32 | UInt64(words[word &+ place &+ 1])
    return (pair << shift) >> 32
  }
  // What is left of a turn, in units of 2^-64 of one.
  var turns = mantissa &* bits(2)
  turns = mantissa &* bits(1) &+ (turns >> 32)
  turns = (mantissa &* bits(0)) << 32 &+ turns
  // To the nearest quarter of a turn, so that the rest is an eighth of one at most.
  let quadrant = Int32(truncatingIfNeeded: (turns &+ 1 << 61) >> 62)
  let rest = Int64(bitPattern: turns << 2) >> 2
  let angle = Float(Double(rest) * 0x1.921fb54442d18p-62)
  return x < 0 ? (0 &- quadrant, -angle) : (quadrant, angle)
}

/// The same for `|x| <= 2^13`.
@inline(__always)
private func reduceSmallAngle(_ x: Vector) -> (quadrant: Quadrants, angle: Vector) {
  // Adding 1.5 * 2^23 rounds to an integer, and leaves it in the low bits.
  let magic = Vector(repeating: 0x1.8p23)
  let rounded = fma(magic, x, Vector(repeating: 0x1.45f306p-1))
  let count = rounded - magic
  // pi / 2 in four parts, the first three short enough for their products with the count to be exact: what is left of an
  // angle near a multiple of it is as exact as one that is far from it.
  var angle = fma(x, count, Vector(repeating: -0x1.92p0))
  angle = fma(angle, count, Vector(repeating: -0x1.fb4p-12))
  angle = fma(angle, count, Vector(repeating: -0x1.444p-24))
  angle = fma(angle, count, Vector(repeating: -0x1.68c234p-39))
  return (unsafeBitCast(rounded, to: Quadrants.self), angle)
}

/// The sine of `angle + quadrant * pi / 2`, for `|angle| <= pi / 4`.
@inline(__always)
private func sine(_ angle: Vector, inQuadrant quadrant: Quadrants) -> Vector {
  let square = angle * angle
  // sin r = r + r^3 * polynomial, with a relative error below 2^-28.
  var odd = Vector(repeating: -0x1.994b4p-13)
  odd = fma(Vector(repeating: 0x1.110756p-7), square, odd)
  odd = fma(Vector(repeating: -0x1.555546p-3), square, odd)
  odd = fma(angle, angle * square, odd)
  // cos r = 1 - r^2 / 2 + r^4 * polynomial, with an error below 2^-33.
  var even = Vector(repeating: 0x1.99ff4p-16)
  even = fma(Vector(repeating: -0x1.6c0c82p-10), square, even)
  even = fma(Vector(repeating: 0x1.55554ap-5), square, even)
  even = fma(fma(Vector(repeating: 1), square, Vector(repeating: -0.5)), square * square, even)
  let isEven = (quadrant & Quadrants(repeating: 1)) .!= Quadrants(repeating: 0)
  let sign = (quadrant & Quadrants(repeating: 2)) &<< Quadrants(repeating: 30)
  let result = odd.replacing(with: even, where: isEven)
  return unsafeBitCast(unsafeBitCast(result, to: Quadrants.self) ^ sign, to: Vector.self)
}
