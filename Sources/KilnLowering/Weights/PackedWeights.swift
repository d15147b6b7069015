import KilnGraph
import KilnSelection

/// Weights that are packed when the program is written.
struct PackedWeights {
  /// What the elements depend on.
  var packing: WeightPacking
  /// The type of the elements, and the packed dimensions.
  var type: TensorType
  /// The elements, row-major.
  var bytes: DeferredBytes

  /// Makes packed weights.
  init(_ packing: WeightPacking, type: TensorType, bytes: DeferredBytes) {
    self.packing = packing
    self.type = type
    self.bytes = bytes
  }

  /// Several one after the other, as a table of other dimensions.
  ///
  /// Precondition: there is one, and all have one type of elements.
  init(joining parts: [PackedWeights], shape: [Int]) {
    self.init(
      .joined(parts.map(\.packing)), type: TensorType(parts[0].type.scalar, shape),
      bytes: DeferredBytes(joining: parts.map(\.bytes)))
  }

  /// The same elements rounded to float16.
  ///
  /// Precondition: they are float32.
  var halves: PackedWeights {
    let bytes = DeferredBytes(byteCount: bytes.byteCount / 2, pieceCount: bytes.pieceCount) { [bytes] index in
      let piece = bytes.piece(index)
      let floats = Tensor(type: TensorType(.float32, [piece.bytes.count / 4]), storage: piece)
      return Tensor(shape: floats.shape, doubles: floats.doubles(), as: .float16).storage
    }
    return PackedWeights(.halves(packing), type: TensorType(.float16, type.shape), bytes: bytes)
  }

  /// The packed dimensions.
  var shape: [Int] { type.shape }
}

/// All that the elements of a packed table depend on: which constants, and how they are packed.
///
/// Tables of equal packings hold the same, which is known without making their elements.
///
/// Equal constants are one before there are tables: see `ShareConstants`.
enum WeightPacking: Hashable {
  /// What `ConvolutionWeights.packed(groups:channels:of:panelWidth:)` makes.
  case panels(WeightIdentity, groups: Int, channels: Range<Int>, block: Int, panelWidth: Int)
  /// The weights of such panels as the model stores them.
  indirect case narrow(WeightPacking)
  /// The same in float16.
  indirect case halves(WeightPacking)
  /// The other rows of panels whose weights are stored so.
  indirect case heads(of: WeightPacking)
  /// What `WinogradWeights.packed(_:block:)` makes.
  case winograd(WeightIdentity, outputs: Int, block: Int)
  /// What `RecurrentPanels.packed(_:_:)` makes.
  case recurrent(ValueID, panels: [[Range<Int>]], width: Int)
  /// Several, one after the other.
  indirect case joined([WeightPacking])
}
