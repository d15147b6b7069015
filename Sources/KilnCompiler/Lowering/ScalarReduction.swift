import KilnGraph

/// A reduction of elements that are not float32, as Swift source.
struct ScalarReduction {
  /// What it begins with, of the type of the result in progress.
  var identity: String
  /// Of the result `$0` and an element `$1`.
  var accumulate: String
  /// Of the result.
  var finish = "$0"

  /// The formula of a reduction over `count` elements; `nil` when the runtime doesn't have it.
  init?(_ kind: Reduction.Kind, _ scalar: ScalarType, count: Int) {
    let type = scalar.swiftName
    let isFloat = scalar.isFloatingPoint
    let (add, multiply) = isFloat ? ("+", "*") : ("&+", "&*")
    switch kind {
    case .sum, .mean: (identity, accumulate) = ("\(type)(0)", "$0 \(add) $1")
    case .maximum:
      // Of bool, 0 and 1, the largest is whether any is true.
      identity = scalar == .bool ? "\(type)(0)" : isFloat ? "-\(type).infinity" : "\(type).min"
      accumulate = isFloat ? "$1 > $0 || $1 != $1 ? $1 : $0" : "$1 > $0 ? $1 : $0"
    case .minimum:
      identity = scalar == .bool ? "\(type)(1)" : isFloat ? "\(type).infinity" : "\(type).max"
      accumulate = isFloat ? "$1 < $0 || $1 != $1 ? $1 : $0" : "$1 < $0 ? $1 : $0"
    case .product: (identity, accumulate) = ("\(type)(1)", "$0 \(multiply) $1")
    case .l1: (identity, accumulate) = ("\(type)(0)", isFloat ? "$0 + $1.magnitude" : "$0 &+ ($1 < 0 ? 0 &- $1 : $1)")
    case .sumOfSquares: (identity, accumulate) = ("\(type)(0)", "$0 \(add) $1 \(multiply) $1")
    case .l2:
      identity = "Double(0)"
      accumulate = isFloat ? "$0 + $1 * $1" : "$0 + Double($1) * Double($1)"
      // Roots of integers are rounded towards zero.
      finish = isFloat ? "$0.squareRoot()" : "saturate($0.squareRoot(), as: \(type).self)"
    case .logSum, .logSumExp: return nil
    }
    if kind == .mean { finish = isFloat ? "$0 / \(count)" : "quotient($0, \(count))" }
  }
}
