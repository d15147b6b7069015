import Foundation

/// Divides each element by a power of the squares of its neighbours in the channels: `y = x / (bias + alpha / size *
/// sum of x^2 over channels c - floor((size - 1) / 2) … c + ceil((size - 1) / 2))^beta`.
///
/// The input is `[N, C, …]` or, channels last, `[N, …, C]`. Source: ONNX LRN 13.
package struct LocalResponseNormalization: Operator, Hashable {
  /// The number of channels that are summed over.
  package var size: Int
  /// The factor of the sum.
  package var alpha: Double
  /// The exponent.
  package var beta: Double
  /// Added to the sum.
  package var bias: Double
  /// Where the channels are.
  package var layout: ImageLayout

  /// Makes the operator.
  package init(size: Int, alpha: Double, beta: Double, bias: Double, layout: ImageLayout = .channelsFirst) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
    self.layout = layout
  }

  package var name: String { "LRN" }

  package var details: String { "\(size) channels" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    guard input.rank >= 2 else { throw OperatorError("the input \(input) has no channel axis") }
    guard size >= 1 else { throw OperatorError("the size \(size) is not positive") }
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let rows = Rows<Double>(try inputs.operand(0), alongLast: [layout.channelAxis(rank: output.rank)])
    return [
      rows.tensor(
        rows.elements.map { row in
          row.indices.map { channel in
            let first = max(row.startIndex, channel - min((size - 1) / 2, row.count))
            let last = min(row.endIndex - 1, channel + min(size / 2, row.count))
            let squares = row[first...last].reduce(0) { $0 + $1 * $1 }
            return row[channel] / pow(bias + alpha / Double(size) * squares, beta)
          }
        })
    ]
  }
}
