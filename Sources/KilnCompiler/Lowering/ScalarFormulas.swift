import KilnGraph

// Functions of single elements as Swift source, for the element types that have no vector form. They use the runtime's
// Numbers.swift.

extension ScalarFunction {
  /// The function of `$0`, an element of this type; `nil` when the runtime doesn't have it.
  func scalarSource(_ scalar: ScalarType) -> String? {
    switch self {
    case .not: return scalar == .bool ? "$0 == 0 ? 1 : 0" : nil
    case .isNaN: return scalar.hasFloatKernels ? "$0 != $0 ? 1 : 0" : nil
    case .isInfinite(let positive, let negative):
      guard scalar.hasFloatKernels else { return nil }
      let signs = (positive ? ["$0 == .infinity"] : []) + (negative ? ["$0 == -.infinity"] : [])
      return signs.isEmpty ? "$0 == $0 ? 0 : 0" : "\(signs.joined(separator: " || ")) ? 1 : 0"
    default: return scalar == .float64 ? doubleSource : scalar.isFloatingPoint ? nil : integerSource(scalar)
    }
  }

  private func integerSource(_ scalar: ScalarType) -> String? {
    switch self {
    case .relu: "$0 < 0 ? 0 : $0"
    case .absolute: "$0 < 0 ? 0 &- $0 : $0"
    case .negate: "0 &- $0"
    case .sign: scalar.isSigned ? "$0 > 0 ? 1 : $0 < 0 ? -1 : 0" : "$0 > 0 ? 1 : 0"
    case .clip(let lower, let upper):
      "$0 < \(literal(lower, scalar)) ? \(literal(lower, scalar)) : $0 > \(literal(upper, scalar)) ? "
        + "\(literal(upper, scalar)) : $0"
    default: nil
    }
  }

  private var doubleSource: String? {
    switch self {
    case .relu: "$0 < 0 ? 0 : $0"
    case .leakyReLU(let slope): "$0 < 0 ? \(slope.swiftLiteral) * $0 : $0"
    case .clip(let lower, let upper):
      "$0 < \(lower.swiftLiteral) ? \(lower.swiftLiteral) : $0 > \(upper.swiftLiteral) ? \(upper.swiftLiteral) : $0"
    case .absolute: "$0.magnitude"
    case .negate: "-$0"
    case .sign: "$0 > 0 ? 1 : $0 < 0 ? -1 : $0"
    case .reciprocal: "1 / $0"
    case .squareRoot: "$0.squareRoot()"
    default: nil
    }
  }

  private func literal(_ bound: Double, _ scalar: ScalarType) -> String {
    switch KernelCall.Value.number(bound, as: scalar) {
    case .integer(let integer): "\(integer)"
    case .code(let code): code
    case .float(let float): float.swiftLiteral
    case .source, .destination, .workspace, .table, .axes: ""
    }
  }
}

extension Binary.Function {
  /// The function of `$0` and `$1`, elements of these types; `nil` when the runtime doesn't have it.
  func scalarSource(_ left: ScalarType, _ right: ScalarType) -> String? {
    switch self {
    case .equal: "$0 == $1 ? 1 : 0"
    case .less: "$0 < $1 ? 1 : 0"
    case .lessOrEqual: "$0 <= $1 ? 1 : 0"
    case .greater: "$0 > $1 ? 1 : 0"
    case .greaterOrEqual: "$0 >= $1 ? 1 : 0"
    case .and, .bitwiseAnd: "$0 & $1"
    case .or, .bitwiseOr: "$0 | $1"
    case .exclusiveOr, .bitwiseExclusiveOr: "$0 ^ $1"
    case .shiftLeft: "$0 << $1"
    case .shiftRight: "$0 >> $1"
    case .add: left.isFloatingPoint ? "$0 + $1" : "$0 &+ $1"
    case .subtract: left.isFloatingPoint ? "$0 - $1" : "$0 &- $1"
    case .multiply: left.isFloatingPoint ? "$0 * $1" : "$0 &* $1"
    case .divide: left.isFloatingPoint ? "$0 / $1" : "quotient($0, $1)"
    case .minimum: left.isFloatingPoint ? "$0 < $1 || $0 != $0 ? $0 : $1" : "$0 < $1 ? $0 : $1"
    case .maximum: left.isFloatingPoint ? "$0 > $1 || $0 != $0 ? $0 : $1" : "$0 > $1 ? $0 : $1"
    case .parametricReLU: left.isFloatingPoint ? "$0 < 0 ? $0 * $1 : $0" : "$0 < 0 ? $0 &* $1 : $0"
    case .modulo: remainderSource("modulo", left)
    case .remainder: remainderSource("remainder", left)
    case .power: powerSource(left, right)
    }
  }

  private func remainderSource(_ name: String, _ scalar: ScalarType) -> String {
    scalar == .float32 ? "Float(\(name)(Double($0), Double($1)))" : "\(name)($0, $1)"
  }

  private func powerSource(_ base: ScalarType, _ exponent: ScalarType) -> String? {
    switch (base, exponent.isFloatingPoint) {
    case (.float32, false): "Float(power(Double($0), $1))"
    case (.float64, false): "power($0, $1)"
    case (_, false): "power($0, $1)"
    case (.float32, true), (.float64, true): nil
    // A result that is a whole number but for the error of `power` is that number.
    case (_, true):
      "wholePower($0, Double($1)) ?? saturate(nearestInteger(to: Double("
        + "power(Vector(repeating: Float($0)), Vector(repeating: Float($1)))[0])), as: \(base.swiftName).self)"
    }
  }
}

extension ScalarType {
  /// Whether kernels compute with elements of this type as floating-point numbers.
  var hasFloatKernels: Bool { self == .float32 || self == .float64 }

  /// The conversion of `$0` from this type to another as Swift source, or `nil` when the runtime doesn't have it.
  func conversionSource(to other: ScalarType) -> String? {
    guard Set.numbers.contains(self), Set.numbers.contains(other) else { return nil }
    if other == .bool { return "$0 == 0 ? 0 : 1" }
    if other.isFloatingPoint { return "\(other.swiftName)($0)" }
    if isFloatingPoint { return "saturate(Double($0), as: \(other.swiftName).self)" }
    return "\(other.swiftName)(truncatingIfNeeded: $0)"
  }
}
