// The exponential function and its relatives, a vector at a time: range reduction and a minimax polynomial each.
// Every multiply-add is explicit, so that all targets that have the instruction compute the same bits. The bounds are in
// units in the last place of the exact result, and are tested against Float64.

private typealias Bits = Vector.MaskStorage

/// `e^x` within 1 ulp; subnormal results within 1.5 ulp, infinite above 88.72, 0 below -103.98.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
  var bounded = x.replacing(with: Vector(repeating: 89), where: x .> Vector(repeating: 89))
  bounded = bounded.replacing(with: Vector(repeating: -104), where: x .< Vector(repeating: -104))
  let (exponent, fraction) = reduceByLogarithmOfTwo(bounded)
  // In two steps, because neither 2^128 nor 2^-150 is a number, but what they scale may be one.
  let half = exponent &>> 1
  return (1 + exponentialPolynomial(fraction)) * powerOfTwo(half) * powerOfTwo(exponent &- half)
}

/// `e^x / 2` within 1 ulp, infinite above 89.41.
///
/// Precondition: `x` is not negative, or NaN.
@inline(__always)
func halfExponential(_ x: Vector) -> Vector {
  let bounded = x.replacing(with: Vector(repeating: 90), where: x .> Vector(repeating: 90))
  let (exponent, fraction) = reduceByLogarithmOfTwo(bounded)
  let half = exponent &>> 1
  return (1 + exponentialPolynomial(fraction)) * powerOfTwo(half) * powerOfTwo(exponent &- half &- 1)
}

/// `e^x - 1` within 2 ulp, without cancellation near 0.
///
/// Precondition: `x` is at most 88.
@inline(__always)
func exponentialMinusOne(_ x: Vector) -> Vector {
  let bounded = x.replacing(with: Vector(repeating: -25), where: x .< Vector(repeating: -25))
  let (exponent, fraction) = reduceByLogarithmOfTwo(bounded)
  let scale = powerOfTwo(exponent)
  return fma(scale - 1, scale, exponentialPolynomial(fraction))
}

/// The natural logarithm within 1 ulp: `-infinity` for 0, NaN for negative numbers.
@inline(__always)
func logarithm(_ x: Vector) -> Vector {
  let isSubnormal = x .< Vector(repeating: 0x1p-126)
  let normal = x.replacing(with: x * 0x1p23, where: isSubnormal)
  let shift = Vector(repeating: 0).replacing(with: Vector(repeating: -23), where: isSubnormal)
  var result = logarithm(ofNormal: normal, exponentShift: shift)
  let isFinite = x .< Vector(repeating: .infinity)
  result = x.replacing(with: result, where: isFinite)
  result = result.replacing(with: Vector(repeating: .nan), where: x .< Vector(repeating: 0))
  return result.replacing(with: Vector(repeating: -.infinity), where: x .== Vector(repeating: 0))
}

/// `log(1 + x)` within 2 ulp, without cancellation near 0.
///
/// Precondition: `0 <= x < 2^127`, or NaN.
@inline(__always)
func logarithmOfOnePlus(_ x: Vector) -> Vector {
  let sum = 1 + x
  // What the sum lost, added back to first order.
  return logarithm(ofNormal: sum, exponentShift: Vector(repeating: 0)) + (x - (sum - 1)) / sum
}

/// `base` to the power `exponent`, as C's `pow` has it for numbers: NaN for a negative base and a fraction.
///
/// The relative error is below `(2 + |exponent * log(base)|) * 2^-22`.
@inline(__always)
func power(_ base: Vector, _ exponent: Vector) -> Vector {
  let zero = Vector(repeating: 0)
  var result = exponential(exponent * logarithm(absolute(base)))
  let isInteger = roundToEven(exponent) .== exponent
  let half = exponent * 0.5
  let isOdd = isInteger .& (roundToEven(half) .!= half)
  let isNegative = base .< zero
  result = result.replacing(with: -result, where: isNegative .& isOdd)
  result = result.replacing(with: Vector(repeating: .nan), where: isNegative .& .!isInteger)
  return result.replacing(with: Vector(repeating: 1), where: (exponent .== zero) .| (base .== Vector(repeating: 1)))
}

/// The hyperbolic tangent within 3 ulp.
@inline(__always)
func tanh(_ x: Vector) -> Vector {
  // tanh |x| = (e^2|x| - 1) / (e^2|x| + 1), which rounds to 1 from 9.02 on.
  let magnitude = absolute(x)
  let bounded = magnitude.replacing(with: Vector(repeating: 10), where: magnitude .> Vector(repeating: 10))
  let grown = exponentialMinusOne(bounded + bounded)
  return copySign(of: x, to: grown / (grown + 2))
}

/// The error function `2 / sqrt(pi) * (integral of exp(-t * t) from 0 to x)` within 2 ulp.
@inline(__always)
func errorFunction(_ x: Vector) -> Vector {
  let magnitude = absolute(x)
  let square = x * x
  // |x| < 0.93: an odd polynomial.
  var near = Vector(repeating: 0x1.4f676p-14)
  near = fma(Vector(repeating: -0x1.a60a2ep-11), square, near)
  near = fma(Vector(repeating: 0x1.544a1ap-8), square, near)
  near = fma(Vector(repeating: -0x1.b8011ap-6), square, near)
  near = fma(Vector(repeating: 0x1.ce2d64p-4), square, near)
  near = fma(Vector(repeating: -0x1.81274p-2), square, near)
  near = fma(Vector(repeating: 0x1.06eba8p-3), square, near)
  near = fma(x, x, near)
  // Beyond: 1 - exp(-t * (1 + polynomial)), the logarithm of 1 - erf being smooth; from 4 on it rounds to 1.
  let bounded = magnitude.replacing(with: Vector(repeating: 4), where: magnitude .> Vector(repeating: 4))
  var far = Vector(repeating: -0x1.c20796p-13)
  far = fma(Vector(repeating: 0x1.a60b8ap-9), bounded, far)
  far = fma(Vector(repeating: -0x1.774a98p-6), bounded, far)
  far = fma(Vector(repeating: 0x1.af4134p-4), bounded, far)
  far = fma(Vector(repeating: 0x1.457a64p-1), bounded, far)
  far = fma(Vector(repeating: 0x1.073578p-3), bounded, far)
  far = fma(bounded, bounded, far)
  far = copySign(of: x, to: -exponentialMinusOne(-far))
  return near.replacing(with: far, where: magnitude .> Vector(repeating: 0.93))
}

/// The magnitude of each lane.
@inline(__always)
func absolute(_ x: Vector) -> Vector {
  unsafeBitCast(unsafeBitCast(x, to: Bits.self) & Bits(repeating: 0x7FFF_FFFF), to: Vector.self)
}

/// `magnitude`, which isn't negative, with the sign of `x`.
@inline(__always)
func copySign(of x: Vector, to magnitude: Vector) -> Vector {
  let sign = unsafeBitCast(x, to: Bits.self) & Bits(repeating: .min)
  return unsafeBitCast(unsafeBitCast(magnitude, to: Bits.self) | sign, to: Vector.self)
}

/// `(n, r)` with `x = n * log(2) + r` and `|r| <= log(2) / 2`, up to rounding.
///
/// Precondition: `|x| < 2^20`.
@inline(__always)
private func reduceByLogarithmOfTwo(_ x: Vector) -> (exponent: Bits, fraction: Vector) {
  // Adding 1.5 * 2^23 rounds to an integer, and leaves it in the low bits.
  let magic = Vector(repeating: 0x1.8p23)
  let rounded = fma(magic, x, Vector(repeating: 0x1.715476p0))
  let count = rounded - magic
  // log(2) in two parts, the first short enough for its product with the count to be exact.
  let high = fma(x, count, Vector(repeating: -0x1.63p-1))
  let fraction = fma(high, count, Vector(repeating: 0x1.bd0106p-13))
  return (unsafeBitCast(rounded, to: Bits.self) &- Bits(repeating: 0x4B40_0000), fraction)
}

/// `e^r - 1` for `|r| <= log(2) / 2`, with a relative error of the polynomial below 2^-31.
@inline(__always)
private func exponentialPolynomial(_ r: Vector) -> Vector {
  var sum = Vector(repeating: 0x1.9e737ap-13)
  sum = fma(Vector(repeating: 0x1.6d3a4ap-10), r, sum)
  sum = fma(Vector(repeating: 0x1.1112d8p-7), r, sum)
  sum = fma(Vector(repeating: 0x1.5554f8p-5), r, sum)
  sum = fma(Vector(repeating: 0x1.555554p-3), r, sum)
  sum = fma(Vector(repeating: 0x1p-1), r, sum)
  return fma(r, r * r, sum)
}

/// `2^n`.
///
/// Precondition: `-127 <= n <= 127`; -127 gives 0.
@inline(__always)
private func powerOfTwo(_ n: Bits) -> Vector {
  unsafeBitCast((n &+ Bits(repeating: 127)) &<< Bits(repeating: 23), to: Vector.self)
}

/// The logarithm of a positive normal number times 2 to the `exponentShift`, within 1 ulp.
@inline(__always)
func logarithm(ofNormal x: Vector, exponentShift: Vector) -> Vector {
  // x = 2^k * (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
  let bits = unsafeBitCast(x, to: Bits.self)
  let k = (bits &- Bits(repeating: 0x3F35_04F3)) &>> Bits(repeating: 23)
  let f = unsafeBitCast(bits &- (k &<< Bits(repeating: 23)), to: Vector.self) - 1
  let magic = Bits(repeating: 0x4B40_0000)
  let count = unsafeBitCast(magic &+ k, to: Vector.self) - Vector(repeating: 0x1.8p23) + exponentShift
  // log(1 + f) = f - f^2 / 2 + f^3 * polynomial, the polynomial with a relative error below 2^-27.
  var sum = Vector(repeating: -0x1.38c97ep-4)
  sum = fma(Vector(repeating: 0x1.055ebp-3), f, sum)
  sum = fma(Vector(repeating: -0x1.0d8246p-3), f, sum)
  sum = fma(Vector(repeating: 0x1.22d93p-3), f, sum)
  sum = fma(Vector(repeating: -0x1.54728ap-3), f, sum)
  sum = fma(Vector(repeating: 0x1.99a01cp-3), f, sum)
  sum = fma(Vector(repeating: -0x1.000226p-2), f, sum)
  sum = fma(Vector(repeating: 0x1.555554p-2), f, sum)
  let square = f * f
  var rest = fma(square * -0.5, square * f, sum)
  // log(2) in two parts, as above.
  rest = fma(rest, count, Vector(repeating: -0x1.bd0106p-13))
  return fma(f + rest, count, Vector(repeating: 0x1.63p-1))
}
