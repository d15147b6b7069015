/// How a machine sums up products of numbers of 8 bits, and so how weights are packed for it.
package enum ByteProducts: Hashable, Sendable {
  /// Dot products of four: `vpdpbusd`, `sdot`.
  case quads
  /// Products of two, added in 32 bits: `vpmaddwd`, `smull`, `smlal` and `sadalp`.
  case pairs
}

extension Target {
  /// How products of numbers of 8 bits are summed up.
  package var byteProducts: ByteProducts {
    switch instructionSet {
    case .avx512, .neon: model.int8.productsPerLane == 4 ? .quads : .pairs
    case .avx2, .sse2: .pairs
    }
  }

  /// Output channels by which tiles of numbers of 8 bits count: the lanes of KilnRuntime's `Sums`.
  package var sumLanes: Int {
    switch instructionSet {
    case .avx512: 16
    case .avx2, .sse2, .neon: 8
    }
  }

  /// What is added to numbers of 8 bits so that they have the sign that products take.
  ///
  /// - Parameter isDepthwise: whether they are products of one channel, which are made in pairs everywhere.
  package func byteFlip(isUnsigned: Bool, isDepthwise: Bool) -> Int {
    switch instructionSet {
    case .neon: isUnsigned ? -128 : 0
    case .avx512, .avx2, .sse2: byteProducts == .quads && !isDepthwise && !isUnsigned ? 128 : 0
    }
  }
}
