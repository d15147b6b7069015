// Functions of single elements under a name, for kernels that apply a function to elements of any type. Integers wrap
// around; a `bool` is a byte that is 0 or 1.

/// Functions of single elements.
enum Elements {
  // MARK: Of one element

  /// `max(x, 0)`; NaN stays.
  @inline(__always)
  static func relu<Number: Comparable & ExpressibleByIntegerLiteral>(_ x: Number) -> Number { x < 0 ? 0 : x }

  /// `min(max(x, lower), upper)`; NaN stays.
  @inline(__always)
  static func clip<Number: Comparable>(_ x: Number, _ lower: Number, _ upper: Number) -> Number {
    x < lower ? lower : x > upper ? upper : x
  }

  /// `x` where positive, `slope * x` elsewhere.
  @inline(__always)
  static func leakyReLU(_ x: Double, _ slope: Double) -> Double { x < 0 ? slope * x : x }

  /// The magnitude.
  @inline(__always)
  static func absolute(_ x: Double) -> Double { x.magnitude }

  /// The magnitude.
  @inline(__always)
  static func absolute<Number: FixedWidthInteger>(_ x: Number) -> Number { x < 0 ? 0 &- x : x }

  /// `-x`.
  @inline(__always)
  static func negate(_ x: Double) -> Double { -x }

  /// `-x`.
  @inline(__always)
  static func negate<Number: FixedWidthInteger>(_ x: Number) -> Number { 0 &- x }

  /// 1, 0 or -1; NaN stays.
  @inline(__always)
  static func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x }

  /// 1, 0 or -1.
  @inline(__always)
  static func sign<Number: FixedWidthInteger>(_ x: Number) -> Number { x > 0 ? 1 : x < 0 ? 0 &- 1 : 0 }

  /// `1 / x`.
  @inline(__always)
  static func reciprocal(_ x: Double) -> Double { 1 / x }

  /// The square root, correctly rounded.
  @inline(__always)
  static func squareRoot(_ x: Double) -> Double { x.squareRoot() }

  /// Whether a `bool` is false.
  @inline(__always)
  static func not(_ x: UInt8) -> UInt8 { x == 0 ? 1 : 0 }

  /// Whether `x` is not 0.
  @inline(__always)
  static func isNotZero<Number: Equatable & ExpressibleByIntegerLiteral>(_ x: Number) -> UInt8 { x == 0 ? 0 : 1 }

  /// Whether `x` is no number.
  @inline(__always)
  static func isNaN<Number: FloatingPoint>(_ x: Number) -> UInt8 { x != x ? 1 : 0 }

  /// Whether `x` is infinite.
  @inline(__always)
  static func isInfinite<Number: FloatingPoint>(_ x: Number) -> UInt8 { x == .infinity || x == -.infinity ? 1 : 0 }

  /// Whether `x` is infinite and positive.
  @inline(__always)
  static func isPositiveInfinity<Number: FloatingPoint>(_ x: Number) -> UInt8 { x == .infinity ? 1 : 0 }

  /// Whether `x` is infinite and negative.
  @inline(__always)
  static func isNegativeInfinity<Number: FloatingPoint>(_ x: Number) -> UInt8 { x == -.infinity ? 1 : 0 }

  /// No: what is asked of an element when neither infinity counts.
  @inline(__always)
  static func isNothing<Number: FloatingPoint>(_ x: Number) -> UInt8 { 0 }

  // MARK: Of two elements

  /// `a + b`.
  @inline(__always)
  static func add<Number: FloatingPoint>(_ a: Number, _ b: Number) -> Number { a + b }

  /// `a + b`.
  @inline(__always)
  static func add<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a &+ b }

  /// `a - b`.
  @inline(__always)
  static func subtract<Number: FloatingPoint>(_ a: Number, _ b: Number) -> Number { a - b }

  /// `a - b`.
  @inline(__always)
  static func subtract<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a &- b }

  /// `a * b`.
  @inline(__always)
  static func multiply<Number: FloatingPoint>(_ a: Number, _ b: Number) -> Number { a * b }

  /// `a * b`.
  @inline(__always)
  static func multiply<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a &* b }

  /// `a / b`.
  @inline(__always)
  static func divide<Number: FloatingPoint>(_ a: Number, _ b: Number) -> Number { a / b }

  /// The smaller; NaN if either is.
  @inline(__always)
  static func minimum<Number: Comparable>(_ a: Number, _ b: Number) -> Number { a < b || a != a ? a : b }

  /// The larger; NaN if either is.
  @inline(__always)
  static func maximum<Number: Comparable>(_ a: Number, _ b: Number) -> Number { a > b || a != a ? a : b }

  /// `x` where positive, `slope * x` elsewhere.
  @inline(__always)
  static func parametricReLU<Number: FloatingPoint>(_ x: Number, _ slope: Number) -> Number { x < 0 ? x * slope : x }

  /// `x` where positive, `slope * x` elsewhere.
  @inline(__always)
  static func parametricReLU<Number: FixedWidthInteger>(_ x: Number, _ slope: Number) -> Number {
    x < 0 ? x &* slope : x
  }

  /// Whether `a == b`.
  @inline(__always)
  static func isEqual<Number: Equatable>(_ a: Number, _ b: Number) -> UInt8 { a == b ? 1 : 0 }

  /// Whether `a < b`.
  @inline(__always)
  static func isLess<Number: Comparable>(_ a: Number, _ b: Number) -> UInt8 { a < b ? 1 : 0 }

  /// Whether `a <= b`.
  @inline(__always)
  static func isLessOrEqual<Number: Comparable>(_ a: Number, _ b: Number) -> UInt8 { a <= b ? 1 : 0 }

  /// Whether `a > b`.
  @inline(__always)
  static func isGreater<Number: Comparable>(_ a: Number, _ b: Number) -> UInt8 { a > b ? 1 : 0 }

  /// Whether `a >= b`.
  @inline(__always)
  static func isGreaterOrEqual<Number: Comparable>(_ a: Number, _ b: Number) -> UInt8 { a >= b ? 1 : 0 }

  /// The bits that are set in both.
  @inline(__always)
  static func bitwiseAnd<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a & b }

  /// The bits that are set in either.
  @inline(__always)
  static func bitwiseOr<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a | b }

  /// The bits that are set in one of them.
  @inline(__always)
  static func bitwiseExclusiveOr<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a ^ b }

  /// The bits moved up by `b`; 0 where none is left, and for a negative `b`.
  @inline(__always)
  static func shiftLeft<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { b < 0 ? 0 : a << b }

  /// The bits moved down by `b`, the sign from above; nothing but the sign where none is left, and for a negative `b`.
  @inline(__always)
  static func shiftRight<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number {
    b < 0 ? (a < 0 ? 0 &- 1 : 0) : a >> b
  }
}
