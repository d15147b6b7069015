/// The index, as int64, of the largest or smallest element along an axis.
///
/// Source: ONNX ArgMax, ArgMin.
package struct ArgReduction: Operator, Hashable {
  /// Whether the smallest element is looked for.
  package var findsMinimum: Bool
  /// The axis, counted from the front.
  package var axis: Int
  /// Whether the axis stays, with extent 1.
  package var keepsAxis: Bool
  /// Which of several equal elements wins.
  package var selectsLast: Bool

  /// Makes the operator.
  package init(findsMinimum: Bool, axis: Int, keepsAxis: Bool, selectsLast: Bool) {
    self.findsMinimum = findsMinimum
    self.axis = axis
    self.keepsAxis = keepsAxis
    self.selectsLast = selectsLast
  }

  package var name: String { findsMinimum ? "ArgMin" : "ArgMax" }

  package var details: String { "axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(axis: axis)
    guard input.shape[axis] > 0 else { throw OperatorError("axis \(axis) has no element to choose from") }
    return [try .checked(.int64, input.shape.reducing([axis], keeping: keepsAxis))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(0)
    let indices: [Int]
    if input.scalar.isFloatingPoint {
      indices = Rows<Double>(input, alongLast: [axis]).elements.map { row in
        // A NaN wins, as in NumPy and PyTorch: it is larger than every number here, or smaller where that wins.
        best(row) { $0 < $1 || (findsMinimum ? $0.isNaN && !$1.isNaN : $1.isNaN && !$0.isNaN) }
      }
    } else {
      let order = IntegerOrder(input.scalar)
      indices = Rows<Int>(input, alongLast: [axis]).elements.map { best($0, isLess: order.isLess) }
    }
    return [Tensor(shape: output.shape, integers: indices)]
  }

  private func best<Element>(_ row: ArraySlice<Element>, isLess: (Element, Element) -> Bool) -> Int {
    var best = row.startIndex
    for index in row.indices.dropFirst() {
      let isWorse = findsMinimum ? isLess(row[best], row[index]) : isLess(row[index], row[best])
      let isBetter = findsMinimum ? isLess(row[index], row[best]) : isLess(row[best], row[index])
      if isBetter || selectsLast && !isWorse { best = index }
    }
    return best - row.startIndex
  }
}
