/// Keeps the upper or the lower triangle of matrices, with zeros elsewhere.
///
/// The matrices are the last two axes. Source: ONNX Trilu 14.
package struct Trilu: Operator, Hashable {
  /// Whether the upper triangle is kept.
  package var keepsUpper: Bool
  /// The diagonal that bounds the triangle and belongs to it: 0 the main one, positive above it.
  package var diagonal: Int

  /// Makes the operator.
  package init(keepsUpper: Bool, diagonal: Int = 0) {
    self.keepsUpper = keepsUpper
    self.diagonal = diagonal
  }

  package var name: String { "Trilu" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    guard input.rank >= 2 else { throw OperatorError("the input \(input) has no matrices") }
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let rows = output.shape[output.rank - 2]
    let columns = output.shape[output.rank - 1]
    let sources = (0..<output.elementCount).map { place in
      let distance = place % columns - place / columns % rows
      return (keepsUpper ? distance >= diagonal : distance <= diagonal) ? place : nil
    }
    return [try inputs.operand(0).gathering([sources]).reshaped(to: output.shape)]
  }
}
