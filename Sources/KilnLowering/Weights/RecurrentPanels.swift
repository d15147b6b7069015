import KilnGraph
import KilnKernels

/// A recurrent layer's weights as its kernels read them, made of the rows of ONNX's `[G * H, H]`.
///
/// They are `[panel][unit of the state][vectors][lanes]`. Four vectors make a panel: an LSTM's four gates of some units, which are filled up with zeros; otherwise
/// neighbouring rows, of which the last panel has the vectors that are left.
struct RecurrentPanels {
  /// Units of the state, which the products are summed over.
  private let depth: Int
  /// Lanes of a vector.
  private let width: Int
  /// The rows of each vector of each panel; fewer than its lanes where it is filled up.
  private let panels: [[Range<Int>]]
  /// Floats that a row's products take.
  let productCount: Int

  /// The panels of a recurrence of `units` units.
  init(_ cell: Recurrence.Cell, units: Int, width: Int) {
    depth = units
    self.width = width
    func vectors(of rows: Range<Int>) -> [Range<Int>] {
      stride(from: rows.lowerBound, to: rows.upperBound, by: width).map { $0..<min($0 + width, rows.upperBound) }
    }
    func panels(of rows: Range<Int>) -> [[Range<Int>]] {
      let vectors = vectors(of: rows)
      return stride(from: 0, to: vectors.count, by: 4).map { Array(vectors[$0..<min($0 + 4, vectors.count)]) }
    }
    func padded(_ count: Int) -> Int { count.roundedUp(toMultipleOf: width) }
    switch cell {
    case .longShortTerm:
      self.panels = vectors(of: 0..<units).map { part in
        (0..<4).map { ($0 * units + part.lowerBound)..<($0 * units + part.upperBound) }
      }
      productCount = 4 * width
    case .gated(_, _, resetsProduct: false):
      // The candidate's weights are multiplied by the state that is reset, which lies after the products.
      self.panels = panels(of: 0..<(2 * units)) + panels(of: (2 * units)..<(3 * units))
      productCount = padded(2 * units) + padded(units) + units
    case .gated, .simple:
      self.panels = panels(of: 0..<(cell.gateCount * units))
      productCount = padded(cell.gateCount * units)
    }
  }

  /// Elements of all panels.
  var elementCount: Int { panels.reduce(0) { $0 + $1.count } * width * depth }

  /// The panels of a constant weight.
  func packed(_ weight: Tensor, _ value: ValueID) -> PackedWeights {
    let elements = FloatElements(weight)
    let parts = panels.map { panel in
      DeferredBytes(pieceCount: 1, pieceLength: panel.count * width * depth) { [depth, width] _, packed in
        elements.read { elements in
          for (vector, rows) in panel.enumerated() {
            for (lane, row) in rows.enumerated() {
              for k in 0..<depth { packed[(k * panel.count + vector) * width + lane] = elements[row * depth + k] }
            }
          }
        }
      }
    }
    return PackedWeights(
      .recurrent(value, panels: panels, width: width), type: TensorType(.float32, [elementCount]),
      bytes: DeferredBytes(joining: parts))
  }

  /// Calls that make the panels of a weight that is computed.
  func calls(_ weight: Operand, to target: Operand) -> [KernelCall] {
    var calls = [KernelCall(FillRuns(target, [], count: elementCount, with: 0, of: .float32))]
    var offset = target.offset
    for panel in panels {
      for (vector, rows) in panel.enumerated() {
        var (source, destination) = (weight, target)
        source.offset += rows.lowerBound * depth
        destination.offset = offset + vector * width
        let copy = CopyTransposed(
          source, to: destination, [], row: LoopNest.Axis(extent: depth, strides: [1, panel.count * width]),
          column: LoopNest.Axis(extent: rows.count, strides: [depth, 1]), of: .float32)
        calls.append(KernelCall(copy, overwrites: true))
      }
      offset += panel.count * width * depth
    }
    return calls
  }
}
