/// The largest number that divides both.
///
/// Precondition: both are positive.
package func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
