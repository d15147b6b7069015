/// What decides whether a convolution is Winograd's, counted in multiply-adds that a machine does meanwhile.
///
/// Another algorithm rounds otherwise, so the costs are not of one processor: all that have one vector unit choose alike and
/// give the same bits. In this unit the width of vectors makes little difference, since wider ones do more of everything; what
/// boards differ in is how fast their memory is beside their arithmetic.
package struct WinogradCosts: Hashable, Sendable {
  /// A Winograd convolution must take less than this part of a direct one's time, for the costs are not exact.
  package var worthwhilePart: Double
  /// The least tiles that products take the time of: those of a lone tile wait for each other, where a register tile of
  /// four keeps the multipliers busy.
  package var leastTiles: Int
  /// Transforming, storing and reading again one channel of a tile of 4x4 outputs.
  package var transform4: Double
  /// The same for a tile of 2x2 outputs.
  package var transform2: Double
  /// The most weights that the nearer caches keep, so that reading them costs nothing.
  package var nearWeights: Int
  /// Reading one of more weights than that for Winograd's products: in a network, from the last cache or from memory.
  package var reading: Double
  /// The same for a direct convolution, which hides more of it behind its arithmetic.
  package var directReading: Double

  /// Makes the costs; without numbers those of x86-64, which were measured with AVX-512.
  package init(
    worthwhilePart: Double = 0.95, leastTiles: Int = 4, transform4: Double = 400, transform2: Double = 140,
    nearWeights: Int = 1 << 17, reading: Double = 37, directReading: Double = 16
  ) {
    self.worthwhilePart = worthwhilePart
    self.leastTiles = leastTiles
    self.transform4 = transform4
    self.transform2 = transform2
    self.nearWeights = nearWeights
    self.reading = reading
    self.directReading = directReading
  }
}

extension WinogradCosts {
  /// The costs that every Arm core has.
  ///
  /// Transforms are of instructions counted in emitted kernels, of which layers of five channels have as many as direct ones. A weight
  /// comes from memory in the time of 9 multiply-adds on a Cortex-A53, 7 on an A72 and 6.5 on an A76, by their models.
  package static let neon = WinogradCosts(transform4: 300, transform2: 100, reading: 7, directReading: 3)
}
