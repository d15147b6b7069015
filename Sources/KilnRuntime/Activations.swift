// Activation functions of a vector, those that need only arithmetic. Each is named as its case of the compiler's
// `ScalarFunction` and takes the case's parameters in order. A NaN stays NaN.

/// `max(x, 0)`. Exact.
@inline(__always)
func relu(_ x: Vector) -> Vector { maximum(x, Vector(repeating: 0)) }

/// `min(max(x, lower), upper)`. Exact.
@inline(__always)
func clip(_ x: Vector, _ lower: Float, _ upper: Float) -> Vector {
  minimum(maximum(x, Vector(repeating: lower)), Vector(repeating: upper))
}

/// `x` where positive, `slope * x` elsewhere. Correctly rounded.
@inline(__always)
func leakyReLU(_ x: Vector, _ slope: Float) -> Vector { parametricReLU(x, Vector(repeating: slope)) }

/// `x` where positive, `slope * x` elsewhere, each lane with its own slope. Correctly rounded.
@inline(__always)
func parametricReLU(_ x: Vector, _ slope: Vector) -> Vector {
  x.replacing(with: x * slope, where: x .< Vector(repeating: 0))
}

/// `min(max(alpha * x + beta, 0), 1)`. |error| <= 2^-24 of `|alpha * x| + |beta|`.
@inline(__always)
func hardSigmoid(_ x: Vector, _ alpha: Float, _ beta: Float) -> Vector {
  clip(fma(Vector(repeating: beta), x, Vector(repeating: alpha)), 0, 1)
}

/// `x * min(max(x / 6 + 1 / 2, 0), 1)`. |error| <= 2^-22 |x|.
@inline(__always)
func hardSwish(_ x: Vector) -> Vector { x * hardSigmoid(x, 1 / 6, 1 / 2) }

/// `x` where above `alpha`, 0 elsewhere; a NaN stays. Exact.
@inline(__always)
func thresholdedReLU(_ x: Vector, _ alpha: Float) -> Vector {
  x.replacing(with: Vector(repeating: 0), where: x .<= Vector(repeating: alpha))
}
