import KilnGraph

/// `U = G g Gt` of every kernel, in Float64, rounded to float32, and then to float16 where tiles compute with it: what the
/// planes of a transformed input are multiplied by.
struct WinogradWeights {
  /// Rows, and columns, of an output tile: 2 or 4.
  let outputs: Int
  /// Whether they are float16, and so of other points.
  var isHalf = false

  /// `[block of channels][plane][zeros, then an input channel each][channels of a block]`.
  func packed(_ weights: ConvolutionWeights, block: Int) -> PackedWeights {
    let planes = (outputs + 2) * (outputs + 2)
    let blocks = weights.outputChannels.dividedRoundingUp(by: block)
    let rows = 1 + weights.inputChannels
    let bytes = DeferredBytes(pieceCount: blocks, pieceLength: planes * rows * block) { index, packed in
      var kernel = [Double](repeating: 0, count: 9)
      var transformed = [Double](repeating: 0, count: planes)
      let first = index * block
      weights.elements.read { elements in
        for output in first..<min(first + block, weights.outputChannels) {
          for input in 0..<weights.inputChannels {
            let source = output * weights.outputStep + input * weights.inputStep
            for tap in 0..<9 { kernel[tap] = Double(elements[source + weights.taps[tap]]) }
            transform(kernel, &transformed)
            var target = (1 + input) * block + output - first
            for plane in 0..<planes {
              packed[target] = Float(transformed[plane])
              target += rows * block
            }
          }
        }
      }
      if index == blocks - 1 { weights.elements.relinquish() }
    }
    let packed = PackedWeights(
      .winograd(weights.weightIdentity, outputs: outputs, block: block),
      type: TensorType(.float32, [blocks, planes, rows, block]), bytes: bytes)
    return isHalf ? packed.halves : packed
  }

  /// `G g Gt` of one kernel, row-major.
  func transform(_ kernel: [Double], _ result: inout [Double]) {
    let edge = outputs + 2
    for column in 0..<3 {
      let values = transform(kernel[column], kernel[3 + column], kernel[6 + column])
      for row in 0..<edge { result[row * edge + column] = values[row] }
    }
    for row in 0..<edge {
      let first = row * edge
      let values = transform(result[first], result[first + 1], result[first + 2])
      for column in 0..<edge { result[first + column] = values[column] }
    }
  }

  /// `G` times per column.
  private func transform(_ g0: Double, _ g1: Double, _ g2: Double) -> [Double] {
    if outputs == 2 {
      let even = (g0 + g2) / 2
      return [g0, even + g1 / 2, even - g1 / 2, g2]
    }
    // Points 0, ±a, ±b and infinity, as WinogradLanes has them.
    let a = isHalf ? 3.0 / 4 : 11.0 / 16, b = 2 * a
    let scaleA = 1 / (2 * a * a * (a * a - b * b)), scaleB = 1 / (2 * b * b * (b * b - a * a))
    let evenA = (g0 + a * a * g2) * scaleA, oddA = a * g1 * scaleA
    let evenB = (g0 + b * b * g2) * scaleB, oddB = b * g1 * scaleB
    return [g0 / (a * a * b * b), evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g2]
  }
}
