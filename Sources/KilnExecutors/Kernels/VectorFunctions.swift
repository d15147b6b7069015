import KilnGraph
import KilnKernels

/// Functions of vectors, for kernels that apply one.
enum VectorFunctions {
  typealias Unary = @Sendable (Vector) -> Vector
  typealias Binary = @Sendable (Vector, Vector) -> Vector

  /// The runtime's function of one vector.
  static func unary(_ function: RuntimeFunction) -> Unary {
    let numbers = function.parameters.map { Float($0.value) }
    func isCalled(with labels: String?...) -> Bool { function.parameters.map(\.label) == labels }
    switch function.callee {
    case nil: return { $0 }
    case .runtime(.relu): return { relu($0) }
    case .runtime(.clip): return { clip($0, numbers[0], numbers[1]) }
    case .runtime(.leakyReLU): return { leakyReLU($0, numbers[0]) }
    case .runtime(.thresholdedReLU): return { thresholdedReLU($0, numbers[0]) }
    case .runtime(.sigmoid): return { sigmoid($0) }
    case .runtime(.hardSigmoid): return { hardSigmoid($0, numbers[0], numbers[1]) }
    case .runtime(.silu): return { silu($0) }
    case .runtime(.hardSwish): return { hardSwish($0) }
    case .runtime(.tanh): return { tanh($0) }
    case .runtime(.elu): return { elu($0, numbers[0]) }
    case .runtime(.selu): return { selu($0, numbers[0], numbers[1]) }
    case .runtime(.celu): return { celu($0, numbers[0]) }
    case .runtime(.softplus): return { softplus($0) }
    case .runtime(.softsign): return { softsign($0) }
    case .runtime(.mish): return { mish($0) }
    case .runtime(.gelu): return { gelu($0) }
    case .runtime(.approximateGELU): return { approximateGELU($0) }
    case .runtime(.shrink): return { shrink($0, numbers[0], numbers[1]) }
    case .runtime(.affine): return { affine($0, numbers[0], numbers[1]) }
    case .runtime(.scaledTanh): return { scaledTanh($0, numbers[0], numbers[1]) }
    case .runtime(.absolute): return { absolute($0) }
    case .runtime(.negate): return { negate($0) }
    case .runtime(.sign): return { sign($0) }
    case .runtime(.reciprocal): return { reciprocal($0) }
    case .runtime(.exponential): return { exponential($0) }
    case .runtime(.logarithm): return { logarithm($0) }
    case .runtime(.errorFunction): return { errorFunction($0) }
    case .runtime(.sine): return { sine($0) }
    case .runtime(.cosine): return { cosine($0) }
    case .runtime(.tangent): return { tangent($0) }
    case .runtime(.arcSine): return { arcSine($0) }
    case .runtime(.arcCosine): return { arcCosine($0) }
    case .runtime(.arcTangent): return { arcTangent($0) }
    case .runtime(.hyperbolicSine): return { hyperbolicSine($0) }
    case .runtime(.hyperbolicCosine): return { hyperbolicCosine($0) }
    case .runtime(.arcHyperbolicSine): return { arcHyperbolicSine($0) }
    case .runtime(.arcHyperbolicCosine): return { arcHyperbolicCosine($0) }
    case .runtime(.arcHyperbolicTangent): return { arcHyperbolicTangent($0) }
    case .runtime(.floor): return { floor($0) }
    case .runtime(.ceiling): return { ceiling($0) }
    case .runtime(.roundToEven): return { roundToEven($0) }
    case .runtime(.squareRoot): return { squareRoot($0) }
    case .runtime(.reciprocalSquareRoot): return { reciprocalSquareRoot($0) }
    case .runtime(.threeQuarterPower): return { threeQuarterPower($0) }
    case .runtime(.threeHalvesPower): return { threeHalvesPower($0) }
    case .runtime(.square): return { square($0) }
    case .runtime(.cube): return { cube($0) }
    case .runtime(.fourthPower): return { fourthPower($0) }
    case .runtime(.withoutNegativeZero): return { withoutNegativeZero($0) }
    case .runtime(.divide) where isCalled(with: "by"): return { divide($0, by: numbers[0]) }
    case .runtime(.inverseDeviation) where isCalled(with: "count", "epsilon"):
      return { inverseDeviation($0, count: numbers[0], epsilon: numbers[1]) }
    case .runtime(.inversePlainDeviation) where isCalled(with: "count"):
      return { inversePlainDeviation($0, count: numbers[0]) }
    case .runtime(.inverseNorm): return { inverseNorm($0) }
    case .runtime(.inverseEuclideanNorm): return { inverseEuclideanNorm($0) }
    case .runtime(.localResponse) where isCalled(with: "bias", "scale", "exponent"):
      return { localResponse($0, bias: numbers[0], scale: numbers[1], exponent: numbers[2]) }
    default: fatalError("KilnRuntime has no function \(function) of a vector")
    }
  }

  /// The runtime's function of two vectors.
  static func binary(_ function: RuntimeFunction) -> Binary {
    switch function.callee {
    case .runtime(.add): return { add($0, $1) }
    case .runtime(.subtract): return { subtract($0, $1) }
    case .runtime(.multiply): return { multiply($0, $1) }
    case .runtime(.divide): return { divide($0, $1) }
    case .runtime(.largerOrNaN): return { largerOrNaN($0, $1) }
    case .runtime(.smallerOrNaN): return { smallerOrNaN($0, $1) }
    case .runtime(.maximumOrNaN): return { maximumOrNaN($0, $1) }
    case .runtime(.minimumOrNaN): return { minimumOrNaN($0, $1) }
    case .runtime(.parametricReLU): return { parametricReLU($0, $1) }
    case .runtime(.power): return { power($0, $1) }
    case .runtime(.addMagnitude): return { addMagnitude($0, $1) }
    case .runtime(.addSquare): return { addSquare($0, $1) }
    default: fatalError("KilnRuntime has no function \(function) of two vectors")
    }
  }

  /// An activation of sums and slopes.
  static func activation(_ epilogue: Epilogue) -> Binary {
    switch epilogue.activation {
    case .function(let function):
      guard let vectorFunction = function.vectorFunction else {
        fatalError("KilnRuntime has no activation \(function)")
      }
      let activate = unary(vectorFunction)
      return { sum, _ in activate(sum) }
    case .parametricReLU: return { parametricReLU($0, $1) }
    case nil: return { sum, _ in sum }
    }
  }

  /// All of an epilogue: a function of sums, addends and slopes.
  static func epilogue(_ epilogue: Epilogue) -> @Sendable (Vector, _ addend: Vector, _ slope: Vector) -> Vector {
    let activate = activation(epilogue)
    switch epilogue.addend {
    case .beforeActivation: return { sum, addend, slope in activate(sum + addend, slope) }
    case .afterActivation: return { sum, addend, slope in activate(sum, slope) + addend }
    case nil: return { sum, _, slope in activate(sum, slope) }
    }
  }
}
