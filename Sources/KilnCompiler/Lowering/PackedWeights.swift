/// Float32 weights that are packed when the program is written.
struct PackedWeights {
  /// What the elements depend on.
  var packing: WeightPacking
  /// The packed dimensions.
  var shape: [Int]
  /// The elements, row-major.
  var bytes: DeferredBytes

  /// Makes packed weights.
  init(_ packing: WeightPacking, shape: [Int], bytes: DeferredBytes) {
    self.packing = packing
    self.shape = shape
    self.bytes = bytes
  }
}

/// All that the elements of a packed table depend on: which constants, and how they are packed. Tables of equal packings
/// hold the same, which is known without making their elements.
///
/// Equal constants are one before there are tables: see `ShareConstants`.
enum WeightPacking: Hashable {
  /// What `ConvolutionWeights.packed(groups:channels:of:panelWidth:)` makes.
  case panels(ConvolutionWeights.Identity, groups: Int, channels: Range<Int>, block: Int, panelWidth: Int)
  /// What `WinogradWeights.packed(_:block:)` makes.
  case winograd(ConvolutionWeights.Identity, outputs: Int, block: Int)
  /// Several, one after the other.
  indirect case joined([WeightPacking])
}
