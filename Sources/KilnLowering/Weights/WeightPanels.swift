import KilnGraph

/// Panels of weights: of float32, or as narrow as the model stores them until a kernel takes them.
struct WeightPanels {
  /// How they lie in the binary: tables of shape `[groups, blocks, rows, panelWidth]`.
  enum Storage {
    /// Biases, slopes and weights, as kernels take them.
    case wide(PackedWeights)
    /// Biases, slopes, scales and zero points; and the weights as the model stores them.
    case narrow(heads: PackedWeights, weights: PackedWeights, Rows)
  }

  /// How they lie in the binary.
  var storage: Storage
  /// Rows of a panel as kernels take it, and floats of a row.
  var rows: Int
  var width: Int

  /// Floats of a panel as kernels take it.
  var step: Int { rows * width }

  /// Panels one after the other.
  ///
  /// Precondition: there is one, and all are of one layer's weights and equally wide.
  init(joining parts: [WeightPanels]) {
    self = parts[0]
    func joined(_ packed: [PackedWeights]) -> PackedWeights {
      var shape = packed[0].type.shape
      shape[1] = packed.reduce(0) { $0 + $1.type.shape[1] }
      return PackedWeights(joining: packed, shape: shape)
    }
    switch storage {
    case .wide:
      storage = .wide(joined(parts.compactMap { if case .wide(let packed) = $0.storage { packed } else { nil } }))
    case .narrow(_, _, let rows):
      storage = .narrow(
        heads: joined(parts.compactMap { if case .narrow(let heads, _, _) = $0.storage { heads } else { nil } }),
        weights: joined(parts.compactMap { if case .narrow(_, let weights, _) = $0.storage { weights } else { nil } }),
        rows)
    }
  }

  /// Panels of equal blocks.
  init(_ storage: Storage, rows: Int, width: Int) {
    self.storage = storage
    self.rows = rows
    self.width = width
  }
}

extension WeightPanels {
  /// What the rows of a narrow panel hold.
  struct Rows {
    /// The type of the weights.
    var scalar: ScalarType
    /// Rows of biases and slopes.
    var heads: Int
    /// Whether there is a row of scales, and one of zero points.
    var hasScales: Bool
    var hasZeroPoints: Bool
    /// Rows of weights.
    var weights: Int

    /// Rows of biases, slopes, scales and zero points.
    var allHeads: Int { heads + (hasScales ? 1 : 0) + (hasZeroPoints ? 1 : 0) }

    /// What becomes of the weights, for people; empty where they are the numbers that they are.
    var note: String {
      hasScales ? hasZeroPoints ? ", less the zero points, times the scales" : ", times the scales" : ""
    }

    /// The rows beside the weights, for people.
    var packing: String {
      "bias" + (heads > 1 ? ", slope" : "") + (hasScales ? ", scale" : "") + (hasZeroPoints ? ", zero point" : "")
    }
  }
}
