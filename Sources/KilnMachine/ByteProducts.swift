/// How a machine sums up products of numbers of 8 bits, and so how weights are packed for it.
package enum ByteProducts: Hashable, Sendable {
  /// Dot products of four: `vpdpbusd`, `sdot`.
  case quads
  /// Products of two, added in 32 bits: `vpmaddwd`, `smull`, `smlal` and `sadalp`.
  case pairs
  /// Products of two, added in 16 bits, of which two are added in 32: `vpmaddubsw` and `vpmaddwd`. Exact only where no two weights that are
  /// multiplied together are large; they are packed as quads are.
  case narrowPairs

  /// The most that the magnitudes of two weights of one sign may be together for `narrowPairs`: with numbers up to 255 their products
  /// add up to 32,640.
  package static let largestNarrowPair = 128
}

extension Target {
  /// How products of numbers of 8 bits are summed up, whatever the weights are.
  package var byteProducts: ByteProducts {
    switch instructionSet {
    case .avx512, .neon: model.int8.productsPerLane == 4 ? .quads : .pairs
    case .avx2, .sse2: .pairs
    }
  }

  /// Whether products of numbers of 8 bits may be narrow pairs, which take fewer instructions than `byteProducts` there.
  package var hasNarrowPairs: Bool { instructionSet == .avx2 }

  /// Output channels by which tiles of numbers of 8 bits count: the lanes of KilnRuntime's `Sums`.
  package var sumLanes: Int {
    switch instructionSet {
    case .avx512: 16
    case .avx2, .sse2, .neon: 8
    }
  }

  /// What is added to numbers of 8 bits so that they have the sign that products take.
  package func byteFlip(isUnsigned: Bool, _ products: ByteProducts) -> Int {
    switch (instructionSet, products) {
    case (.neon, _): isUnsigned ? -128 : 0
    case (.avx512, .pairs), (.avx2, .pairs), (.sse2, .pairs): 0
    case (.avx512, _), (.avx2, _), (.sse2, _): isUnsigned ? 0 : 128
    }
  }
}
