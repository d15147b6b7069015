/// What decides whether a convolution is Winograd's, counted in multiply-adds that a machine does meanwhile.
///
/// These are no fields of a machine's model: the choice must be the same on every machine, so that a network gives the
/// same bits everywhere. In this unit machines differ little: the wider the vectors, the more multiply-adds and the
/// more of everything else. The numbers were measured with AVX-512.
package enum WinogradCosts {
  /// A Winograd convolution must take less than this part of a direct one's time, for the costs are not exact.
  package static let worthwhilePart = 0.95
  /// The least tiles that products take the time of: those of a lone tile wait for each other, where a register tile of
  /// four keeps the multipliers busy.
  package static let leastTiles = 4
  /// Transforming, storing and reading again one channel of a tile of 4x4 outputs.
  package static let transform4 = 400.0
  /// The same for a tile of 2x2 outputs.
  package static let transform2 = 140.0
  /// The most weights that the nearer caches keep, so that reading them costs nothing.
  package static let nearWeights = 1 << 17
  /// Reading one of more weights than that for Winograd's products: in a network, from the last cache or from memory.
  package static let reading = 37.0
  /// The same for a direct convolution, which hides more of it behind its arithmetic.
  package static let directReading = 16.0
}
