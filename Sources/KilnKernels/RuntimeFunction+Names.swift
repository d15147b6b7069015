import KilnGraph

extension RuntimeFunction {
  /// What a kernel's function calls.
  package enum Callee: Hashable, Sendable {
    /// A function of KilnRuntime.
    case runtime(Name)
    /// A function of KilnRuntime's `Elements`, which has those of single elements that vectors have under the same name.
    case elements(ElementName)
    /// The conversion to a type of Swift.
    case type(ScalarType)

    /// What Swift calls it.
    package var source: String {
      switch self {
      case .runtime(let name): name.rawValue
      case .elements(let name): "Elements.\(name.rawValue)"
      case .type(let scalar): scalar.swiftName
      }
    }
  }

  /// The functions of KilnRuntime that kernels apply to elements, as it names them.
  package enum Name: String, CaseIterable, Sendable {
    case absolute, add, addInDouble, addMagnitude, addProduct, addSquare, affine, approximateGELU, arcCosine
    case arcHyperbolicCosine, arcHyperbolicSine, arcHyperbolicTangent, arcSine, arcTangent, ceiling, celu
    case clip, comesBeforeFalling, comesBeforeRising, cosine, cube, divide, elu, errorFunction, exponential, floor
    case fourthPower, fractionalPower, gelu, hardSigmoid, hardSwish, hyperbolicCosine, hyperbolicSine
    case integerPower, inverseDeviation
    case inverseEuclideanNorm, inverseNorm, inversePlainDeviation, isLarger, isNotLarger, isNotSmaller, isSmaller
    case keepLargest, keepSmallest, largerOrNaN, leakyReLU, localResponse, logarithm, maximumOrNaN, minimumOrNaN
    case mish, modulo, multiply, negate, parametricReLU, power, quotient, reciprocal, reciprocalSquareRoot, relu
    case remainder, replacement, roundToEven, saturate, scaledTanh, selu, shrink, sigmoid, sign, silu, sine
    case smallerOrNaN, softplus, softsign, square, squareRoot, subtract, tangent, tanh, threeHalvesPower
    case threeQuarterPower, thresholdedReLU, wholeSquareRoot, withoutNegativeZero
  }

  /// The functions of `Elements` that kernels apply, as KilnRuntime names them.
  package enum ElementName: String, CaseIterable, Sendable {
    case absolute, add, bitwiseAnd, bitwiseExclusiveOr, bitwiseOr, brainFloat, clip, divide, exponential
    case isEqual, isGreater
    case isGreaterOrEqual, isInfinite, isLess, isLessOrEqual, isNaN, isNegativeInfinity, isNotZero, isNothing
    case isPositiveInfinity, leakyReLU, logarithm, maximum, minimum, multiply, narrowed, negate, not, parametricReLU
    case power, reciprocal, relu, shiftLeft, shiftRight, sign, squareRoot, subtract, widenedBrainFloat
  }
}
