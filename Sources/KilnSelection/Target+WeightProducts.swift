import KilnGraph
import KilnKernels
import KilnMachine

extension Target {
  /// How products with the weights of a convolution are summed up, if they aren't those of a channel of its own.
  ///
  /// - Parameter codes: int8, `[M, C / groups, kernel]`.
  /// - Complexity: O(weights).
  package func byteProducts(with codes: Tensor) -> ByteProducts {
    hasNarrowPairs && codes.holdsNarrowPairs ? .narrowPairs : byteProducts
  }
}

extension Tensor {
  /// Whether the weights of input channels `2 * k` and `2 * k + 1` are small enough, in every tap, to be added in 16 bits.
  ///
  /// With an even number of input channels those are the ones that are multiplied together however long a run of the input is; with an odd
  /// one it would depend on that.
  fileprivate var holdsNarrowPairs: Bool {
    let (channels, taps) = (shape[1], shape[2...].reduce(1, *))
    guard channels % 2 == 0 else { return false }
    return withExtendedLifetime(self) {
      let weights = storage.bytes.bindMemory(to: Int8.self)
      return stride(from: 0, to: weights.count, by: 2 * taps).allSatisfy { first in
        (first..<first + taps).allSatisfy { place in
          let (left, right) = (Int(weights[place]), Int(weights[place + taps]))
          let together = (left < 0) == (right < 0) ? abs(left + right) : max(abs(left), abs(right))
          return together <= ByteProducts.largestNarrowPair
        }
      }
    }
  }
}
