/// Divides by the norm along one axis: the sum of absolute values, or the square root of the sum of squares; a norm of
/// 0 leaves zeros.
///
/// Source: ONNX LpNormalization 22.
package struct LpNormalization: Operator, Hashable {
  /// The axis, counted from the front.
  package var axis: Int
  /// Which norm: 1 or 2.
  package var p: Int

  /// Makes the operator.
  package init(axis: Int, p: Int) {
    self.axis = axis
    self.p = p
  }

  package var name: String { "LpNormalization" }

  package var details: String { "L\(p), axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    try input.require(axis: axis)
    guard p == 1 || p == 2 else { throw OperatorError("the norm's p is \(p), not 1 or 2") }
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let rows = Rows<Double>(try inputs.operand(0), alongLast: [axis])
    return [
      rows.tensor(
        rows.elements.map { row in
          let norm =
            p == 1 ? row.reduce(0) { $0 + abs($1) } : row.reduce(0) { $0 + $1 * $1 }.squareRoot()
          return row.map { norm == 0 ? 0 : $0 / norm }
        })
    ]
  }
}
