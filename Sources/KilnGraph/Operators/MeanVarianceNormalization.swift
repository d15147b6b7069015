/// Normalises some axes, taken together, to mean 0 and variance 1: `y = (x - mean) / (sqrt(variance) + 1e-9)`.
///
/// Source: ONNX MeanVarianceNormalization 13 and its function body.
package struct MeanVarianceNormalization: Operator, Hashable {
  /// The axes, ascending, counted from the front.
  package var axes: [Int]

  /// Makes the operator.
  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "MeanVarianceNormalization" }

  package var details: String { "axes \(axes)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    for axis in axes { try input.require(axis: axis) }
    guard Set(axes).count == axes.count else { throw OperatorError("the axes \(axes) name one twice") }
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let rows = Rows<Double>(try inputs.operand(0), alongLast: axes)
    return [
      rows.tensor(
        rows.elements.map { row in
          let statistics = Statistics(row)
          let deviation = statistics.variance.squareRoot() + 1e-9
          return row.map { ($0 - statistics.mean) / deviation }
        })
    ]
  }
}
