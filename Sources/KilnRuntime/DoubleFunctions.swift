// The exponential function and the logarithm of float64. The bounds are in units in the last place of the exact result, and are
// tested against the C library's.

extension Elements {
  /// `e^x` within 2 ulp; infinite above 709.78, 0 below -745.13, less exact where it is subnormal.
  @inline(__always)
  static func exponential(_ x: Double) -> Double {
    if x != x { return x }
    let bounded = x > 710 ? 710 : x < -746 ? -746 : x
    // x = n * log(2) + r with |r| <= log(2) / 2: log(2) in two parts, the first short enough for its product to be exact.
    let count = (bounded * 0x1.71547652B82FEp0 + 0x1.8p52) - 0x1.8p52
    let r = (bounded - count * 0x1.62E42FEE00000p-1) - count * 0x1.A39EF35793C76p-33
    // Taylor's series: the first term that is left out is below 2^-57 of the sum.
    var sum = 1.0 / 6_227_020_800
    sum = sum * r + 1.0 / 479_001_600
    sum = sum * r + 1.0 / 39_916_800
    sum = sum * r + 1.0 / 3_628_800
    sum = sum * r + 1.0 / 362_880
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    let power = 1 + (r + r * r * sum)
    // In two steps, because 2^1024 and 2^-1076 are no numbers, but what they scale may be one.
    let exponent = Int64(count)
    let half = exponent >> 1
    return power * powerOfTwo(half) * powerOfTwo(exponent &- half)
  }

  /// The natural logarithm within 2 ulp: `-infinity` for 0, NaN for negative numbers.
  @inline(__always)
  static func logarithm(_ x: Double) -> Double {
    if !(x > 0) { return x == 0 ? -.infinity : .nan }
    if !(x < .infinity) { return x }
    let isSubnormal = x < 0x1p-1022
    let bits = Int64(bitPattern: (isSubnormal ? x * 0x1p54 : x).bitPattern)
    // x = 2^k * (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
    let k = (bits &- 0x3FE6_A09E_667F_3BCD) >> 52
    let f = Double(bitPattern: UInt64(bitPattern: bits &- k << 52)) - 1
    let count = Double(k &- (isSubnormal ? 54 : 0))
    // log(1 + f) = 2 * atanh(s) = f - (f^2 / 2 - s * (f^2 / 2 + rest)), the rest a series in s^2 <= 0.0295, of which eleven terms
    // leave less than 2^-57 of the sum.
    let s = f / (2 + f)
    let z = s * s
    var rest = 2.0 / 23
    rest = rest * z + 2.0 / 21
    rest = rest * z + 2.0 / 19
    rest = rest * z + 2.0 / 17
    rest = rest * z + 2.0 / 15
    rest = rest * z + 2.0 / 13
    rest = rest * z + 2.0 / 11
    rest = rest * z + 2.0 / 9
    rest = rest * z + 2.0 / 7
    rest = rest * z + 2.0 / 5
    rest = rest * z + 2.0 / 3
    let halfSquare = 0.5 * f * f
    let low = s * (halfSquare + rest * z) + count * 0x1.A39EF35793C76p-33
    return count * 0x1.62E42FEE00000p-1 - ((halfSquare - low) - f)
  }

  /// `2^n`.
  ///
  /// Precondition: `-1022 <= n <= 1023`.
  @inline(__always)
  private static func powerOfTwo(_ n: Int64) -> Double { Double(bitPattern: UInt64(bitPattern: (n &+ 1023) << 52)) }
}
