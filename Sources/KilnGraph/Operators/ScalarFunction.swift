/// A function of one number, applied to every element.
package enum ScalarFunction: Hashable, Sendable {
  // Activations.
  /// `max(x, 0)`.
  case relu
  /// `min(max(x, lower), upper)`; infinite bounds for a side without one. ReLU6 is `clip(0, 6)`.
  case clip(lower: Double, upper: Double)
  /// `x` where positive, `slope * x` elsewhere.
  case leakyReLU(slope: Double)
  /// `1 / (1 + exp(-x))`.
  case sigmoid
  /// `min(max(alpha * x + beta, 0), 1)`.
  case hardSigmoid(alpha: Double, beta: Double)
  /// `x * sigmoid(x)`, also called swish.
  case silu
  /// `x * min(max(x / 6 + 1 / 2, 0), 1)`.
  case hardSwish
  /// The hyperbolic tangent.
  case tanh
  /// `x` where positive, `alpha * (exp(x) - 1)` elsewhere.
  case elu(alpha: Double)
  /// `gamma * x` where positive, `gamma * alpha * (exp(x) - 1)` elsewhere.
  case selu(alpha: Double, gamma: Double)
  /// `max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)`.
  case celu(alpha: Double)
  /// `x` where above `alpha`, 0 elsewhere.
  case thresholdedReLU(alpha: Double)
  /// `log(1 + exp(x))`.
  case softplus
  /// `x / (1 + |x|)`.
  case softsign
  /// `x * tanh(softplus(x))`.
  case mish
  /// `x * Phi(x)` with the normal distribution's `Phi`, exact or by the tanh formula.
  case gelu(approximate: Bool)
  /// `x - bias` beyond `lambda`, `x + bias` below `-lambda`, 0 between.
  case shrink(lambda: Double, bias: Double)

  // Arithmetic.
  case absolute, negate, sign, reciprocal
  case exponential, logarithm, squareRoot, errorFunction
  case floor, ceiling
  /// To the nearest integer, ties to even.
  case round
  case sine, cosine, tangent, arcSine, arcCosine, arcTangent
  case hyperbolicSine, hyperbolicCosine, arcHyperbolicSine, arcHyperbolicCosine, arcHyperbolicTangent

  /// The nearest number of a format with few bits.
  case narrowed(NarrowFloat)

  // Predicates: the result is `bool`.
  case not, isNaN
  /// Whether the element is infinite, of a sign that counts.
  case isInfinite(positive: Bool, negative: Bool)

  /// ONNX's name of the function.
  package var name: String {
    switch self {
    case .relu: "Relu"
    case .clip: "Clip"
    case .leakyReLU: "LeakyRelu"
    case .sigmoid: "Sigmoid"
    case .hardSigmoid: "HardSigmoid"
    case .silu: "Swish"
    case .hardSwish: "HardSwish"
    case .tanh: "Tanh"
    case .elu: "Elu"
    case .selu: "Selu"
    case .celu: "Celu"
    case .thresholdedReLU: "ThresholdedRelu"
    case .softplus: "Softplus"
    case .softsign: "Softsign"
    case .mish: "Mish"
    case .gelu: "Gelu"
    case .shrink: "Shrink"
    case .absolute: "Abs"
    case .negate: "Neg"
    case .sign: "Sign"
    case .reciprocal: "Reciprocal"
    case .exponential: "Exp"
    case .logarithm: "Log"
    case .squareRoot: "Sqrt"
    case .errorFunction: "Erf"
    case .floor: "Floor"
    case .ceiling: "Ceil"
    case .round: "Round"
    case .sine: "Sin"
    case .cosine: "Cos"
    case .tangent: "Tan"
    case .arcSine: "Asin"
    case .arcCosine: "Acos"
    case .arcTangent: "Atan"
    case .hyperbolicSine: "Sinh"
    case .hyperbolicCosine: "Cosh"
    case .arcHyperbolicSine: "Asinh"
    case .arcHyperbolicCosine: "Acosh"
    case .arcHyperbolicTangent: "Atanh"
    case .narrowed: "Narrow"
    case .not: "Not"
    case .isNaN: "IsNaN"
    case .isInfinite: "IsInf"
    }
  }

  /// Whether networks apply it after their layers; the others are arithmetic.
  package var isActivation: Bool {
    switch self {
    case .relu, .clip, .leakyReLU, .sigmoid, .hardSigmoid, .silu, .hardSwish, .tanh, .elu, .selu, .celu,
      .thresholdedReLU, .softplus, .softsign, .mish, .gelu, .shrink:
      true
    default: false
    }
  }

  /// Whether the result is `bool`.
  package var isPredicate: Bool {
    switch self {
    case .not, .isNaN, .isInfinite: true
    default: false
    }
  }
}
