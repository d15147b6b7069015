import KilnGraph

/// Inputs that depend on nothing but a seed.
package enum RandomInputs {
  /// One tensor for each type: floating point uniform in -1 ..< 1, integers from 0 to 9, booleans either.
  package static func tensors(for types: [TensorType], seed: UInt64) -> [Tensor] {
    var generator = SplitMix64(state: seed)
    return types.map { type in
      let elements = (0..<type.elementCount).map { _ in generator.nextDouble() }
      let values: [Double] =
        if type.scalar.isFloatingPoint {
          // Rounded to 24 bits first, so that each type gets the same number or its nearest.
          elements.map { ($0 * 0x1p24).rounded(.down) * 0x1p-23 - 1 }
        } else if type.scalar == .bool {
          elements.map { $0 < 0.5 ? 0 : 1 }
        } else {
          elements.map { ($0 * 10).rounded(.down) }
        }
      return Tensor(shape: type.shape, doubles: values, as: type.scalar)
    }
  }
}

/// A generator of 64 random bits: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }

  /// Uniform in 0 ..< 1.
  mutating func nextDouble() -> Double { Double(next() >> 11) * 0x1p-53 }
}
