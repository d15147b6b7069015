/// The largest number that divides both.
///
/// Precondition: both are positive.
package func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

extension Int {
  /// The quotient rounded up: how many parts of a size cover this many.
  ///
  /// Precondition: the number isn't negative, the divisor is positive, and their sum is an `Int`.
  package func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }

  /// The next multiple of a number that isn't smaller.
  ///
  /// Precondition: as for `dividedRoundingUp(by:)`.
  package func roundedUp(toMultipleOf divisor: Int) -> Int { dividedRoundingUp(by: divisor) * divisor }
}
