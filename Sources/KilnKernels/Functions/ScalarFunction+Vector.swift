import KilnGraph
import KilnRuntimeSources

extension ScalarFunction {
  /// The runtime's function of the same name on vectors of float32, with the parameters rounded to float32; `nil` when
  /// the runtime doesn't have it.
  ///
  /// Each function's comment there states its error bound.
  package var vectorFunction: RuntimeFunction? {
    func call(
      _ name: RuntimeFunction.Name, _ parameters: Double..., in file: RuntimeFile = .activations
    ) -> RuntimeFunction {
      var function = RuntimeFunction(unary: .runtime(name), in: [file])
      function.parameters = parameters.map { .init(label: nil, value: .float(Float($0))) }
      return function
    }
    return switch self {
    case .relu: call(.relu)
    case .clip(let lower, let upper): call(.clip, lower, upper)
    case .leakyReLU(let slope): call(.leakyReLU, slope)
    case .sigmoid: call(.sigmoid)
    case .hardSigmoid(let alpha, let beta): call(.hardSigmoid, alpha, beta)
    case .silu: call(.silu)
    case .hardSwish: call(.hardSwish)
    case .tanh: call(.tanh)
    case .elu(let alpha): call(.elu, alpha)
    case .selu(let alpha, let gamma): call(.selu, alpha, gamma)
    case .celu(let alpha): call(.celu, alpha)
    case .thresholdedReLU(let alpha): call(.thresholdedReLU, alpha)
    case .softplus: call(.softplus)
    case .softsign: call(.softsign)
    case .mish: call(.mish)
    case .gelu(let approximate): call(approximate ? .approximateGELU : .gelu)
    case .shrink(let lambda, let bias): call(.shrink, lambda, bias)
    case .absolute: call(.absolute)
    case .negate: call(.negate)
    case .sign: call(.sign)
    case .reciprocal: call(.reciprocal)
    case .exponential: call(.exponential)
    case .logarithm: call(.logarithm)
    case .squareRoot: call(.squareRoot)
    case .errorFunction: call(.errorFunction)
    case .floor: call(.floor)
    case .ceiling: call(.ceiling)
    case .round: call(.roundToEven)
    case .sine: call(.sine, in: .trigonometry)
    case .cosine: call(.cosine, in: .trigonometry)
    case .tangent: call(.tangent, in: .trigonometry)
    case .arcSine: call(.arcSine, in: .inverseTrigonometry)
    case .arcCosine: call(.arcCosine, in: .inverseTrigonometry)
    case .arcTangent: call(.arcTangent, in: .inverseTrigonometry)
    case .hyperbolicSine: call(.hyperbolicSine, in: .hyperbolics)
    case .hyperbolicCosine: call(.hyperbolicCosine, in: .hyperbolics)
    case .arcHyperbolicSine: call(.arcHyperbolicSine, in: .hyperbolics)
    case .arcHyperbolicCosine: call(.arcHyperbolicCosine, in: .hyperbolics)
    case .arcHyperbolicTangent: call(.arcHyperbolicTangent, in: .hyperbolics)
    case .narrowed, .not, .isNaN, .isInfinite: nil
    }
  }

  /// Whether the function is a few instructions, worth writing out for every register of a tile.
  package var isCheapActivation: Bool {
    switch self {
    case .relu, .clip, .leakyReLU, .hardSigmoid, .hardSwish, .thresholdedReLU: true
    default: false
    }
  }
}
