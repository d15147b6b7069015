// Hyperbolic functions of every lane and their inverses, by exponential and logarithm. The bounds are in units in the last place of
// the exact result, and are tested against Float64.

/// The hyperbolic sine within 2 ulp.
@inline(__always)
func hyperbolicSine(_ x: Vector) -> Vector {
  let magnitude = absolute(x)
  let square = x * x
  // sinh x = x + x^3 * polynomial up to 1, with a relative error below 2^-34.
  var near = Vector(repeating: 0x1.7a15b6p-19)
  near = fma(Vector(repeating: 0x1.9ffe92p-13), square, near)
  near = fma(Vector(repeating: 0x1.111134p-7), square, near)
  near = fma(Vector(repeating: 0x1.555556p-3), square, near)
  near = fma(x, x * square, near)
  let grown = halfExponential(magnitude)
  let far = copySign(of: x, to: grown - 0.25 / grown)
  return near.replacing(with: far, where: magnitude .> Vector(repeating: 1))
}

/// The hyperbolic cosine within 2 ulp.
@inline(__always)
func hyperbolicCosine(_ x: Vector) -> Vector {
  let grown = halfExponential(absolute(x))
  return grown + 0.25 / grown
}

/// The inverse of the hyperbolic sine within 4 ulp.
@inline(__always)
func arcHyperbolicSine(_ x: Vector) -> Vector {
  let magnitude = absolute(x)
  // log(x + sqrt(x^2 + 1)), written so that nothing cancels; beyond 2^12, log(2 x).
  let square = magnitude * magnitude
  let root = squareRoot(fma(Vector(repeating: 1), magnitude, magnitude))
  let near = logarithmOfOnePlus(magnitude + square / (1 + root))
  let isFar = magnitude .> Vector(repeating: 0x1p12)
  return copySign(of: x, to: near.replacing(with: logarithmOfDouble(magnitude), where: isFar))
}

/// The inverse of the hyperbolic cosine within 4 ulp; NaN below 1.
@inline(__always)
func arcHyperbolicCosine(_ x: Vector) -> Vector {
  // log(x + sqrt(x^2 - 1)) with x = 1 + t; beyond 2^12, log(2 x).
  let t = x - 1
  let near = logarithmOfOnePlus(t + squareRoot(fma(t + t, t, t)))
  let result = near.replacing(with: logarithmOfDouble(x), where: x .> Vector(repeating: 0x1p12))
  return result.replacing(with: Vector(repeating: .nan), where: x .< Vector(repeating: 1))
}

/// The inverse of the hyperbolic tangent within 4 ulp; NaN beyond 1.
@inline(__always)
func arcHyperbolicTangent(_ x: Vector) -> Vector {
  let magnitude = absolute(x)
  // log((1 + x) / (1 - x)) / 2.
  let doubled = logarithmOfOnePlus((magnitude + magnitude) / (1 - magnitude))
  var result = (doubled * 0.5).replacing(with: Vector(repeating: .infinity), where: magnitude .== Vector(repeating: 1))
  result = result.replacing(with: Vector(repeating: .nan), where: magnitude .> Vector(repeating: 1))
  return copySign(of: x, to: result)
}

/// `log(2 x)`, infinite for an infinite `x`.
///
/// Precondition: `x >= 1`.
@inline(__always)
private func logarithmOfDouble(_ x: Vector) -> Vector {
  logarithm(ofNormal: x, exponentShift: Vector(repeating: 1))
    .replacing(with: x, where: x .== Vector(repeating: .infinity))
}
