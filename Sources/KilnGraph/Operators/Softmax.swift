import Foundation

/// `exp(x - max) / sum(exp(x - max))` along one axis, or its logarithm.
///
/// Source: ONNX Softmax and LogSoftmax 13; the importer reshapes around the older versions, which normalise over all
/// axes from one on.
package struct Softmax: Operator, Hashable {
  /// The axis, counted from the front.
  package var axis: Int
  /// Whether the result is the logarithm.
  package var isLogarithmic: Bool

  /// Makes a softmax.
  package init(axis: Int, isLogarithmic: Bool = false) {
    self.axis = axis
    self.isLogarithmic = isLogarithmic
  }

  package var name: String { isLogarithmic ? "LogSoftmax" : "Softmax" }

  package var details: String { "axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    try input.require(axis: axis)
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let rows = Rows<Double>(try inputs.operand(0), alongLast: [axis])
    return [
      rows.tensor(
        rows.elements.map { row in
          let largest = row.max() ?? 0
          let sum = row.reduce(0) { $0 + exp($1 - largest) }
          return row.map { isLogarithmic ? $0 - largest - log(sum) : exp($0 - largest) / sum }
        })
    ]
  }
}
