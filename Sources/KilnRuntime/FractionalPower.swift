/// An integer to a power that may be a fraction, truncated towards zero and limited to the type: exact where the
/// exponent is a whole number.
///
/// Elsewhere a result that is a whole number but for the error of the vector form is that number.
@inline(__always)
func fractionalPower<Base: FixedWidthInteger>(_ base: Base, _ exponent: Float) -> Base {
  wholePower(base, Double(exponent))
    ?? saturate(
      nearestInteger(to: Double(power(Vector(repeating: Float(base)), Vector(repeating: exponent))[0])), as: Base.self)
}

/// The same with an exponent of float64, which is rounded to float32 where it is a fraction.
@inline(__always)
func fractionalPower<Base: FixedWidthInteger>(_ base: Base, _ exponent: Double) -> Base {
  wholePower(base, exponent)
    ?? saturate(
      nearestInteger(to: Double(power(Vector(repeating: Float(base)), Vector(repeating: Float(exponent)))[0])),
      as: Base.self)
}
