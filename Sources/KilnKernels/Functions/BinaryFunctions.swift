import KilnGraph
import KilnRuntimeSources

extension Binary.Function {
  /// The runtime's function on vectors of float32; `nil` when the runtime doesn't have it.
  package var vectorFunction: RuntimeFunction? {
    switch self {
    case .add: RuntimeFunction(binary: .runtime(.add), in: [.arithmetic])
    case .subtract: RuntimeFunction(binary: .runtime(.subtract), in: [.arithmetic])
    case .multiply: RuntimeFunction(binary: .runtime(.multiply), in: [.arithmetic])
    case .divide: RuntimeFunction(binary: .runtime(.divide), in: [.arithmetic])
    case .minimum: RuntimeFunction(binary: .runtime(.smallerOrNaN), in: [.arithmetic])
    case .maximum: RuntimeFunction(binary: .runtime(.largerOrNaN), in: [.arithmetic])
    case .parametricReLU: RuntimeFunction(binary: .runtime(.parametricReLU), in: [.activations])
    case .power: RuntimeFunction(binary: .runtime(.power), in: [.exponential])
    case .modulo, .remainder, .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .exclusiveOr,
      .bitwiseAnd, .bitwiseOr, .bitwiseExclusiveOr, .shiftLeft, .shiftRight:
      nil
    }
  }

  /// The runtime's function of an element of each of these types; `nil` when the runtime doesn't have it.
  package func elementFunction(_ left: ScalarType, _ right: ScalarType) -> RuntimeFunction? {
    func call(_ name: RuntimeFunction.ElementName) -> RuntimeFunction {
      RuntimeFunction(binary: .elements(name), in: [.elementFunctions])
    }
    func number(_ name: RuntimeFunction.Name) -> RuntimeFunction {
      RuntimeFunction(binary: .runtime(name), in: [.numbers])
    }
    switch self {
    case .equal: return call(.isEqual)
    case .less: return call(.isLess)
    case .lessOrEqual: return call(.isLessOrEqual)
    case .greater: return call(.isGreater)
    case .greaterOrEqual: return call(.isGreaterOrEqual)
    case .and, .bitwiseAnd: return call(.bitwiseAnd)
    case .or, .bitwiseOr: return call(.bitwiseOr)
    case .exclusiveOr, .bitwiseExclusiveOr: return call(.bitwiseExclusiveOr)
    case .shiftLeft: return call(.shiftLeft)
    case .shiftRight: return call(.shiftRight)
    case .add: return call(.add)
    case .subtract: return call(.subtract)
    case .multiply: return call(.multiply)
    case .divide: return left.isFloatingPoint ? call(.divide) : number(.quotient)
    case .minimum: return call(.minimum)
    case .maximum: return call(.maximum)
    case .parametricReLU: return call(.parametricReLU)
    case .modulo: return number(.modulo)
    case .remainder: return number(.remainder)
    case .power:
      if !right.isFloatingPoint { return number(.integerPower) }
      return left.isFloatingPoint ? nil : RuntimeFunction(binary: .runtime(.fractionalPower), in: [.fractionalPower])
    }
  }
}

extension RuntimeFunction {
  /// A power with a constant exponent as products and roots, within 2 ulp; `nil` for other exponents.
  package static func power(_ exponent: Double) -> RuntimeFunction? {
    switch exponent {
    case -1: RuntimeFunction(unary: .runtime(.reciprocal), in: [.activations])
    case -0.5: RuntimeFunction(unary: .runtime(.reciprocalSquareRoot), in: [.arithmetic])
    case 0.5: RuntimeFunction(unary: .runtime(.squareRoot), in: [.vector])
    case 0.75: RuntimeFunction(unary: .runtime(.threeQuarterPower), in: [.arithmetic])
    case 1: .identity
    case 1.5: RuntimeFunction(unary: .runtime(.threeHalvesPower), in: [.arithmetic])
    case 2: RuntimeFunction(unary: .runtime(.square), in: [.arithmetic])
    case 3: RuntimeFunction(unary: .runtime(.cube), in: [.arithmetic])
    case 4: RuntimeFunction(unary: .runtime(.fourthPower), in: [.arithmetic])
    default: nil
    }
  }
}
