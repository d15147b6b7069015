// Arc sine, arc cosine and arc tangent of every lane: reduced to where a minimax polynomial is short. The bounds are in units in the
// last place of the exact result, and are tested against Float64.

/// The arc sine within 3 ulp; NaN beyond 1.
@inline(__always)
func arcSine(_ x: Vector) -> Vector {
  let (arc, isFar) = reducedArcSine(x)
  // asin x = pi / 2 - 2 asin(sqrt((1 - x) / 2)) above 1 / 2.
  let far = fma(Vector(repeating: 0x1.921fb6p0), arc, Vector(repeating: -2)) + Vector(repeating: -0x1.777a5cp-25)
  return copySign(of: x, to: arc.replacing(with: far, where: isFar))
}

/// The arc cosine within 3 ulp; NaN beyond 1.
@inline(__always)
func arcCosine(_ x: Vector) -> Vector {
  let (arc, isFar) = reducedArcSine(x)
  // pi / 2 in two parts.
  let (high, low) = (Vector(repeating: 0x1.921fb6p0), Vector(repeating: -0x1.777a5cp-25))
  let near = high - (copySign(of: x, to: arc) - low)
  let below = (high - arc) + low
  let far = arc.replacing(with: below, where: x .< Vector(repeating: 0))
  return near.replacing(with: far + far, where: isFar)
}

/// The arc tangent within 2 ulp.
@inline(__always)
func arcTangent(_ x: Vector) -> Vector {
  let magnitude = absolute(x)
  let isFar = magnitude .> Vector(repeating: 1)
  // atan x = pi / 2 - atan(1 / x).
  let t = magnitude.replacing(with: 1 / magnitude, where: isFar)
  let square = t * t
  // atan t = t + t^3 * polynomial up to 1, with a relative error below 2^-28.
  var sum = Vector(repeating: -0x1.d62fecp-10)
  sum = fma(Vector(repeating: 0x1.65a65ap-7), square, sum)
  sum = fma(Vector(repeating: -0x1.fed15ep-6), square, sum)
  sum = fma(Vector(repeating: 0x1.dac9e2p-5), square, sum)
  sum = fma(Vector(repeating: -0x1.58349p-4), square, sum)
  sum = fma(Vector(repeating: 0x1.c099fep-4), square, sum)
  sum = fma(Vector(repeating: -0x1.2421b6p-3), square, sum)
  sum = fma(Vector(repeating: 0x1.9991fep-3), square, sum)
  sum = fma(Vector(repeating: -0x1.55553ep-2), square, sum)
  let arc = fma(t, t * square, sum)
  let far = (Vector(repeating: 0x1.921fb6p0) - arc) + Vector(repeating: -0x1.777a5cp-25)
  return copySign(of: x, to: arc.replacing(with: far, where: isFar))
}

/// The arc sine of `|x|` up to 1 / 2; beyond, that of `sqrt((1 - |x|) / 2)`.
@inline(__always)
private func reducedArcSine(_ x: Vector) -> (arc: Vector, isFar: SIMDMask<Vector.MaskStorage>) {
  let magnitude = absolute(x)
  let isFar = magnitude .> Vector(repeating: 0.5)
  let half = fma(Vector(repeating: 0.5), magnitude, Vector(repeating: -0.5))
  let square = (x * x).replacing(with: half, where: isFar)
  let base = magnitude.replacing(with: squareRoot(half), where: isFar)
  // asin t = t + t^3 * polynomial up to 1 / 2, with a relative error below 2^-31.
  var sum = Vector(repeating: 0x1.33bbf6p-5)
  sum = fma(Vector(repeating: 0x1.d7f1bep-7), square, sum)
  sum = fma(Vector(repeating: 0x1.04a66p-5), square, sum)
  sum = fma(Vector(repeating: 0x1.6cac3cp-5), square, sum)
  sum = fma(Vector(repeating: 0x1.33388ep-4), square, sum)
  sum = fma(Vector(repeating: 0x1.55554cp-3), square, sum)
  return (fma(base, base * square, sum), isFar)
}
