import Foundation

extension ScalarFunction {
  /// The function's value, computed in Float64; predicates give 0 or 1.
  ///
  /// NaN stays NaN.
  ///
  /// Formulas as ONNX gives them, rearranged only where the given form would overflow or cancel.
  package func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .relu: x < 0 ? 0 : x
    case .clip(let lower, let upper): Self.clip(x, lower, upper)
    case .leakyReLU(let slope): x < 0 ? slope * x : x
    case .sigmoid: Self.sigmoid(x)
    case .hardSigmoid(let alpha, let beta): Self.clip(alpha * x + beta, 0, 1)
    case .silu: x * Self.sigmoid(x)
    case .hardSwish: x * Self.clip(x / 6 + 0.5, 0, 1)
    case .tanh: Foundation.tanh(x)
    case .elu(let alpha): x < 0 ? alpha * expm1(x) : x
    case .selu(let alpha, let gamma): gamma * (x < 0 ? alpha * expm1(x) : x)
    case .celu(let alpha): x < 0 ? alpha * expm1(x / alpha) : x
    case .thresholdedReLU(let alpha): x > alpha || x.isNaN ? x : 0
    case .softplus: Self.softplus(x)
    case .softsign: x / (1 + abs(x))
    case .mish: x * Foundation.tanh(Self.softplus(x))
    case .gelu(approximate: false): 0.5 * x * erfc(-x * 0.5.squareRoot())
    case .gelu(approximate: true):
      0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .shrink(let lambda, let bias): x < -lambda ? x + bias : x > lambda ? x - bias : x.isNaN ? x : 0
    case .absolute: abs(x)
    case .negate: -x
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .reciprocal: 1 / x
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .squareRoot: x.squareRoot()
    case .errorFunction: erf(x)
    case .floor: x.rounded(.down)
    case .ceiling: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .sine: sin(x)
    case .cosine: cos(x)
    case .tangent: tan(x)
    case .arcSine: asin(x)
    case .arcCosine: acos(x)
    case .arcTangent: atan(x)
    case .hyperbolicSine: sinh(x)
    case .hyperbolicCosine: cosh(x)
    case .arcHyperbolicSine: asinh(x)
    case .arcHyperbolicCosine: acosh(x)
    case .arcHyperbolicTangent: atanh(x)
    case .narrowed(let format): format(x)
    case .not: x == 0 ? 1 : 0
    case .isNaN: x.isNaN ? 1 : 0
    case .isInfinite(let positive, let negative):
      x.isInfinite && (x > 0 ? positive : negative) ? 1 : 0
    }
  }

  private static func clip(_ x: Double, _ lower: Double, _ upper: Double) -> Double {
    let raised = x < lower ? lower : x
    return raised > upper ? upper : raised
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private static func softplus(_ x: Double) -> Double { x.isNaN ? x : max(x, 0) + log1p(exp(-abs(x))) }
}
