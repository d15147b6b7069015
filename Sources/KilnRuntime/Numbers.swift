// Functions of integers, and conversions between numbers, which never trap.

/// The quotient rounded towards zero; 0 for a divisor of 0.
@inline(__always)
func quotient<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number {
  b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
}

/// What the quotient leaves: it has the dividend's sign.
///
/// For a divisor of 0 it is the dividend.
@inline(__always)
func remainder<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a &- quotient(a, b) &* b }

/// The remainder with the divisor's sign.
@inline(__always)
func modulo<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number {
  let rest = remainder(a, b)
  return rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest
}

/// `a` multiplied `exponent` times, modulo the type's width; with a negative exponent the reciprocal, rounded towards
/// zero.
@inline(__always)
func integerPower<Number: FixedWidthInteger, Exponent: FixedWidthInteger>(_ a: Number, _ exponent: Exponent) -> Number {
  if exponent < 0 {
    // Only 1 and -1 have reciprocals that aren't rounded to 0.
    if a == 1 { return 1 }
    return a &+ 1 == 0 && a < 0 ? (exponent & 1 == 0 ? 1 : a) : 0
  }
  var result: Number = 1
  var square = a
  var rest = exponent
  while rest != 0 {
    if rest & 1 == 1 { result = result &* square }
    square = square &* square
    rest >>= 1
  }
  return result
}

/// `a` multiplied `exponent` times, rounded once for each of the exponent's bits.
@inline(__always)
func integerPower<Exponent: FixedWidthInteger>(_ a: Double, _ exponent: Exponent) -> Double {
  var result = 1.0
  var square = a
  var rest = exponent.magnitude
  while rest != 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return exponent < 0 ? 1 / result : result
}

/// `a` to a power that is a whole number; `nil` for a fraction.
@inline(__always)
func wholePower<Number: FixedWidthInteger>(_ a: Number, _ exponent: Double) -> Number? {
  let whole = saturate(exponent, as: Int64.self)
  return Double(whole) == exponent ? integerPower(a, whole) : nil
}

/// The integer that `x` differs from by less than `2^-18` of itself, or else `x`.
@inline(__always)
func nearestInteger(to x: Double) -> Double {
  let shifted = x < 0 ? x - 0.5 : x + 0.5
  let nearest = Double(saturate(shifted, as: Int64.self))
  return (nearest - x).magnitude <= x.magnitude * 0x1p-18 ? nearest : x
}

/// A number truncated towards zero and limited to what the integer type holds; 0 for NaN.
@inline(__always)
func saturate<Number: FixedWidthInteger>(_ x: Double, as _: Number.Type) -> Number {
  if x != x { return 0 }
  // Exact powers of two, or one less than a power of two that Double holds or rounds up to it.
  if x <= Double(Number.min) { return Number.min }
  if x >= Double(Number.max) { return Number.max }
  return Number(truncatingIfNeeded: Number.isSigned || x < 0x1p63 ? Int64(x) : Int64(x - 0x1p63) &- Int64.max &- 1)
}

/// The remainder with the dividend's sign, exact: C's `fmod`.
@inline(__always)
func remainder(_ a: Double, _ b: Double) -> Double {
  let divisor = b.magnitude
  var rest = a.magnitude
  if !(rest < .infinity) || !(divisor > 0) { return .nan }
  if !(rest >= divisor) { return divisor == divisor ? a : .nan }
  // Subtracts the divisor times powers of two, largest first; each difference is exact.
  var multiple = divisor
  while multiple <= rest * 0.5 { multiple += multiple }
  while multiple >= divisor {
    if rest >= multiple { rest -= multiple }
    multiple *= 0.5
  }
  return a < 0 ? -rest : rest
}

/// The remainder with the divisor's sign.
@inline(__always)
func modulo(_ a: Double, _ b: Double) -> Double {
  let rest = remainder(a, b)
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
}

/// A number truncated towards zero and limited to what the integer type holds; 0 for NaN.
@inline(__always)
func saturate<Number: FixedWidthInteger>(_ x: Float, as type: Number.Type) -> Number { saturate(Double(x), as: type) }

/// The remainder with the dividend's sign.
@inline(__always)
func remainder(_ a: Float, _ b: Float) -> Float { Float(remainder(Double(a), Double(b))) }

/// The remainder with the divisor's sign.
@inline(__always)
func modulo(_ a: Float, _ b: Float) -> Float { Float(modulo(Double(a), Double(b))) }

/// `a` multiplied `exponent` times, in Float64, rounded once.
@inline(__always)
func integerPower<Exponent: FixedWidthInteger>(_ a: Float, _ exponent: Exponent) -> Float {
  Float(integerPower(Double(a), exponent))
}

/// The square root truncated towards zero.
@inline(__always)
func wholeSquareRoot<Number: FixedWidthInteger>(_ x: Double, as type: Number.Type) -> Number {
  saturate(x.squareRoot(), as: type)
}
