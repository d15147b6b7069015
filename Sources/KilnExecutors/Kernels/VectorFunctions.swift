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
    switch function.name {
    case nil: return { $0 }
    case "relu": return { relu($0) }
    case "clip": return { clip($0, numbers[0], numbers[1]) }
    case "leakyReLU": return { leakyReLU($0, numbers[0]) }
    case "thresholdedReLU": return { thresholdedReLU($0, numbers[0]) }
    case "sigmoid": return { sigmoid($0) }
    case "hardSigmoid": return { hardSigmoid($0, numbers[0], numbers[1]) }
    case "silu": return { silu($0) }
    case "hardSwish": return { hardSwish($0) }
    case "tanh": return { tanh($0) }
    case "elu": return { elu($0, numbers[0]) }
    case "selu": return { selu($0, numbers[0], numbers[1]) }
    case "celu": return { celu($0, numbers[0]) }
    case "softplus": return { softplus($0) }
    case "softsign": return { softsign($0) }
    case "mish": return { mish($0) }
    case "gelu": return { gelu($0) }
    case "approximateGELU": return { approximateGELU($0) }
    case "shrink": return { shrink($0, numbers[0], numbers[1]) }
    case "absolute": return { absolute($0) }
    case "negate": return { negate($0) }
    case "sign": return { sign($0) }
    case "reciprocal": return { reciprocal($0) }
    case "exponential": return { exponential($0) }
    case "logarithm": return { logarithm($0) }
    case "errorFunction": return { errorFunction($0) }
    case "sine": return { sine($0) }
    case "cosine": return { cosine($0) }
    case "tangent": return { tangent($0) }
    case "floor": return { floor($0) }
    case "ceiling": return { ceiling($0) }
    case "roundToEven": return { roundToEven($0) }
    case "squareRoot": return { squareRoot($0) }
    case "reciprocalSquareRoot": return { reciprocalSquareRoot($0) }
    case "threeQuarterPower": return { threeQuarterPower($0) }
    case "threeHalvesPower": return { threeHalvesPower($0) }
    case "square": return { square($0) }
    case "cube": return { cube($0) }
    case "fourthPower": return { fourthPower($0) }
    case "withoutNegativeZero": return { withoutNegativeZero($0) }
    case "divide" where isCalled(with: "by"): return { divide($0, by: numbers[0]) }
    case "inverseDeviation" where isCalled(with: "count", "epsilon"):
      return { inverseDeviation($0, count: numbers[0], epsilon: numbers[1]) }
    case "inversePlainDeviation" where isCalled(with: "count"):
      return { inversePlainDeviation($0, count: numbers[0]) }
    case "inverseNorm": return { inverseNorm($0) }
    case "inverseEuclideanNorm": return { inverseEuclideanNorm($0) }
    case "localResponse" where isCalled(with: "bias", "scale", "exponent"):
      return { localResponse($0, bias: numbers[0], scale: numbers[1], exponent: numbers[2]) }
    default: fatalError("KilnRuntime has no function \(function) of a vector")
    }
  }

  /// The runtime's function of two vectors.
  static func binary(_ function: RuntimeFunction) -> Binary {
    switch function.name {
    case "add": return { add($0, $1) }
    case "subtract": return { subtract($0, $1) }
    case "multiply": return { multiply($0, $1) }
    case "divide": return { divide($0, $1) }
    case "largerOrNaN": return { largerOrNaN($0, $1) }
    case "smallerOrNaN": return { smallerOrNaN($0, $1) }
    case "maximumOrNaN": return { maximumOrNaN($0, $1) }
    case "minimumOrNaN": return { minimumOrNaN($0, $1) }
    case "parametricReLU": return { parametricReLU($0, $1) }
    case "power": return { power($0, $1) }
    case "addMagnitude": return { addMagnitude($0, $1) }
    case "addSquare": return { addSquare($0, $1) }
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
