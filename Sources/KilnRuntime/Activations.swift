// Functions of one number, a vector at a time: what the epilogues of the convolutions and the elementwise kernels call.
// Each is named as its case of the compiler's `ScalarFunction` and takes the case's parameters in order.
// Functions that select are exact; the others say their bound in units in the last place (ulp) of the result.

/// `max(x, 0)`; NaN stays, and both zeros become +0.
@inline(__always)
func relu(_ x: Vector) -> Vector { positivePart(x) }

/// `min(max(x, lower), upper)`; NaN stays, and where `lower` is 0, both zeros become +0.
@inline(__always)
func clip(_ x: Vector, _ lower: Float, _ upper: Float) -> Vector {
  let above = lower == 0 ? positivePart(x) : maximum(x, Vector(repeating: lower))
  // Of an upper bound of -0, machines would choose differently.
  return minimum(above, Vector(repeating: upper + 0))
}

/// `x` where positive, `slope * x` elsewhere.
@inline(__always)
func leakyReLU(_ x: Vector, _ slope: Float) -> Vector {
  parametricReLU(x, Vector(repeating: slope))
}

/// `x` where positive, `slope * x` elsewhere.
@inline(__always)
func parametricReLU(_ x: Vector, _ slope: Vector) -> Vector {
  choose(x * slope, whereNegative: x, else: x)
}

/// `x` where above `alpha`, 0 elsewhere; NaN stays.
@inline(__always)
func thresholdedReLU(_ x: Vector, _ alpha: Float) -> Vector {
  x.replacing(with: Vector(repeating: 0), where: x .<= Vector(repeating: alpha))
}

/// `1 / (1 + exp(-x))` within 3 ulp.
@inline(__always)
func sigmoid(_ x: Vector) -> Vector {
  // The exponential of a negative number doesn't overflow.
  let small = exponential(-absolute(x))
  return small.replacing(with: Vector(repeating: 1), where: x .> Vector(repeating: 0)) / (1 + small)
}

/// `min(max(alpha * x + beta, 0), 1)`, rounded before it is limited.
@inline(__always)
func hardSigmoid(_ x: Vector, _ alpha: Float, _ beta: Float) -> Vector {
  clip(fma(Vector(repeating: beta), x, Vector(repeating: alpha)), 0, 1)
}

/// `x * sigmoid(x)` within 4 ulp where `x > -87`; below, the absolute error is less than 2^-140.
@inline(__always)
func silu(_ x: Vector) -> Vector { x * sigmoid(x) }

/// `x * min(max(x + 3, 0), 6) / 6` within 3 ulp.
@inline(__always)
func hardSwish(_ x: Vector) -> Vector { x * (clip(x + 3, 0, 6) * (1 / 6)) }

/// `x` where positive, `alpha * (exp(x) - 1)` elsewhere, within 3 ulp.
@inline(__always)
func elu(_ x: Vector, _ alpha: Float) -> Vector {
  x.replacing(with: exponentialMinusOne(minimum(x, Vector(repeating: 0))) * alpha, where: x .< Vector(repeating: 0))
}

/// `gamma * x` where positive, `gamma * alpha * (exp(x) - 1)` elsewhere, within 4 ulp.
@inline(__always)
func selu(_ x: Vector, _ alpha: Float, _ gamma: Float) -> Vector { elu(x, alpha) * gamma }

/// `x` where positive, `alpha * (exp(x / alpha) - 1)` elsewhere; within 3 ulp, and what rounding `x / alpha` does to
/// the exponential.
///
/// Precondition: `alpha` is positive.
@inline(__always)
func celu(_ x: Vector, _ alpha: Float) -> Vector {
  let grown = exponentialMinusOne(minimum(x, Vector(repeating: 0)) / alpha)
  return x.replacing(with: grown * alpha, where: x .< Vector(repeating: 0))
}

/// `log(1 + exp(x))` within 3 ulp.
@inline(__always)
func softplus(_ x: Vector) -> Vector { relu(x) + logarithmOfOnePlus(exponential(-absolute(x))) }

/// `x / (1 + |x|)` within 2 ulp.
@inline(__always)
func softsign(_ x: Vector) -> Vector { x / (1 + absolute(x)) }

/// `x * tanh(log(1 + exp(x)))` within 6 ulp where `x > -80`; below, the absolute error is less than 2^-130.
@inline(__always)
func mish(_ x: Vector) -> Vector {
  // tanh(log(1 + e)) = e * (e + 2) / (e * (e + 2) + 2), which rounds to 1 from 10 on.
  let grown = exponential(minimum(x, Vector(repeating: 20)))
  let product = grown * (grown + 2)
  return x * (product / (product + 2))
}

/// `x * (1 + erf(x / sqrt(2))) / 2`; the absolute error is below `|x| * 2^-23`.
@inline(__always)
func gelu(_ x: Vector) -> Vector {
  let half = x * 0.5
  return fma(half, half, errorFunction(x * 0x1.6a09e6p-1))
}

/// `x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2`; the relative error is below `(4 + |x|^3) * 2^-23`.
@inline(__always)
func approximateGELU(_ x: Vector) -> Vector {
  // (1 + tanh(u)) / 2 = sigmoid(2 * u), without cancellation where x is negative.
  let slope = fma(Vector(repeating: 0x1.988454p0), x * x, Vector(repeating: 0x1.2444f2p-4))
  return x * sigmoid(x * slope)
}

/// `x - bias` beyond `lambda`, `x + bias` below `-lambda`, 0 between; NaN stays.
@inline(__always)
func shrink(_ x: Vector, _ lambda: Float, _ bias: Float) -> Vector {
  let above = (x - bias).replacing(with: Vector(repeating: 0), where: x .<= Vector(repeating: lambda))
  return above.replacing(with: x + bias, where: x .< Vector(repeating: -lambda))
}

/// -1, 0 or 1; NaN stays.
@inline(__always)
func sign(_ x: Vector) -> Vector {
  x.replacing(with: copySign(of: x, to: Vector(repeating: 1)), where: absolute(x) .> Vector(repeating: 0))
}

/// `1 / x`, correctly rounded.
@inline(__always)
func reciprocal(_ x: Vector) -> Vector { 1 / x }

/// `-x`.
@inline(__always)
func negate(_ x: Vector) -> Vector { -x }
