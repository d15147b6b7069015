import Foundation

extension Binary {
  /// The function of two floating-point numbers; predicates give 0 or 1.
  func apply(_ a: Double, _ b: Double) -> Double {
    switch function {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide: return a / b
    case .power: return pow(a, b)
    // As NumPy, a NaN wins.
    case .minimum: return a < b || a.isNaN ? a : b
    case .maximum: return a > b || a.isNaN ? a : b
    case .modulo:
      let remainder = fmod(a, b)
      return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
    case .remainder: return fmod(a, b)
    case .parametricReLU: return a < 0 ? a * b : a
    case .equal: return a == b ? 1 : 0
    case .less: return a < b ? 1 : 0
    case .lessOrEqual: return a <= b ? 1 : 0
    case .greater: return a > b ? 1 : 0
    case .greaterOrEqual: return a >= b ? 1 : 0
    case .and: return a != 0 && b != 0 ? 1 : 0
    case .or: return a != 0 || b != 0 ? 1 : 0
    case .exclusiveOr: return (a != 0) != (b != 0) ? 1 : 0
    case .bitwiseAnd, .bitwiseOr, .bitwiseExclusiveOr, .shiftLeft, .shiftRight:
      preconditionFailure("the shape rule refuses bits of floating-point numbers")
    }
  }

  /// The function of two integers, modulo 2^64; predicates give 0 or 1.
  func apply(toIntegers a: Int, _ b: Int, _ order: IntegerOrder) -> Int {
    switch function {
    case .add: return a &+ b
    case .subtract: return a &- b
    case .multiply: return a &* b
    case .divide: return order.quotient(a, b)
    case .power: return power(a, b)
    case .minimum: return order.minimum(a, b)
    case .maximum: return order.maximum(a, b)
    case .modulo:
      let remainder = a &- order.quotient(a, b) &* b
      return remainder != 0 && order.isLess(remainder, 0) != order.isLess(b, 0) ? remainder &+ b : remainder
    case .remainder: return a &- order.quotient(a, b) &* b
    case .parametricReLU: return order.isLess(a, 0) ? a &* b : a
    case .equal: return a == b ? 1 : 0
    case .less: return order.isLess(a, b) ? 1 : 0
    case .lessOrEqual: return order.isLess(b, a) ? 0 : 1
    case .greater: return order.isLess(b, a) ? 1 : 0
    case .greaterOrEqual: return order.isLess(a, b) ? 0 : 1
    case .and: return a != 0 && b != 0 ? 1 : 0
    case .or: return a != 0 || b != 0 ? 1 : 0
    case .exclusiveOr: return (a != 0) != (b != 0) ? 1 : 0
    case .bitwiseAnd: return a & b
    case .bitwiseOr: return a | b
    case .bitwiseExclusiveOr: return a ^ b
    case .shiftLeft: return Int(bitPattern: UInt(bitPattern: a) << UInt(bitPattern: b))
    case .shiftRight: return order.shiftRight(a, by: UInt(bitPattern: b))
    }
  }

  /// `base` multiplied `exponent` times; with a negative exponent the reciprocal, rounded towards zero.
  private func power(_ base: Int, _ exponent: Int) -> Int {
    if exponent < 0 { return Int(saturating: pow(Double(base), Double(exponent))) }
    var (result, square, rest) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result &*= square }
      square &*= square
      rest >>= 1
    }
    return result
  }
}
