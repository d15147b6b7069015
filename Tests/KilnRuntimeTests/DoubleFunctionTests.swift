import Foundation
import Testing

@testable import KilnRuntime

/// Numbers spread over the bit patterns of a range of positive numbers.
private func samples(_ range: ClosedRange<Double>) -> [Double] {
  let (low, high) = (range.lowerBound.bitPattern, range.upperBound.bitPattern)
  return (0...20_000).map { Double(bitPattern: low + (high - low) / 20_000 * UInt64($0)) }
}

@Test
func `functions of float64 keep their stated bounds against the C library`() {
  for x in samples(1e-20...709.7) {
    for x in [x, -min(x, 708)] {
      #expect(abs(Elements.exponential(x) - exp(x)) <= 2 * exp(x).ulp, "exp(\(x))")
    }
  }
  for x in samples(5e-324...1.7e308) + samples(0.5...2) {
    #expect(abs(Elements.logarithm(x) - log(x)) <= 2 * log(x).ulp, "log(\(x))")
  }
}

@Test
func `functions of float64 go to their limits`() {
  #expect(Elements.exponential(.infinity) == .infinity && Elements.exponential(710) == .infinity)
  #expect(Elements.exponential(-.infinity) == 0 && Elements.exponential(0) == 1)
  #expect(abs(Elements.exponential(-740) - exp(-740)) <= 2 * Double.leastNonzeroMagnitude)
  #expect(Elements.logarithm(0) == -.infinity && Elements.logarithm(.infinity) == .infinity)
  #expect(Elements.logarithm(1) == 0 && Elements.logarithm(-1).isNaN)
  #expect(Elements.logarithm(.nan).isNaN && Elements.exponential(.nan).isNaN)
}

@Test
func `bits of bfloat16 are those of the nearest number`() {
  #expect(Elements.brainFloat(1) == 0x3F80 && Elements.brainFloat(-2) == 0xC000)
  // Halfway between two, to the even one.
  #expect(Elements.brainFloat(0x1.01p0) == 0x3F80 && Elements.brainFloat(0x1.03p0) == 0x3F82)
  #expect(Elements.brainFloat(.infinity) == 0x7F80 && Elements.brainFloat(.greatestFiniteMagnitude) == 0x7F80)
  #expect(Elements.widenedBrainFloat(Elements.brainFloat(.nan)).isNaN)
  for bits in UInt16.min...UInt16.max {
    let number = Elements.widenedBrainFloat(bits)
    #expect(number.isNaN || Elements.brainFloat(number) == bits)
  }
}
