/// Running sums along an axis.
///
/// Source: ONNX CumSum 14.
package struct CumulativeSum: Operator, Hashable {
  /// The axis, counted from the front.
  package var axis: Int
  /// Whether an element's own value is left out of its sum.
  package var isExclusive: Bool
  /// Whether summing begins at the end.
  package var isReversed: Bool

  /// Makes the operator.
  package init(axis: Int, isExclusive: Bool = false, isReversed: Bool = false) {
    self.axis = axis
    self.isExclusive = isExclusive
    self.isReversed = isReversed
  }

  package var name: String { "CumSum" }

  package var details: String { "axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(axis: axis)
    guard input.scalar != .bool else { throw OperatorError("the input is bool") }
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.operand(0)
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    if input.scalar.isFloatingPoint {
      let rows = Rows<Double>(input, alongLast: [axis])
      return [rows.tensor(rows.elements.map { sums($0, +) })]
    }
    let rows = Rows<Int>(input, alongLast: [axis])
    return [rows.tensor(rows.elements.map { sums($0, &+) })]
  }

  private func sums<Number: Numeric>(_ row: ArraySlice<Number>, _ add: (Number, Number) -> Number) -> [Number] {
    var sum = Number.zero
    let sums = (isReversed ? Array(row.reversed()) : Array(row)).map { element in
      let before = sum
      sum = add(sum, element)
      return isExclusive ? before : sum
    }
    return isReversed ? sums.reversed() : sums
  }
}
