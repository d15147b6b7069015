/// The largest or smallest elements along an axis, in order, and as second output their indices (int64); of equal
/// elements the first wins.
///
/// Source: ONNX TopK 11, whose unsorted form may have any order, this one too.
package struct TopK: Operator, Hashable {
  /// The axis, counted from the front.
  package var axis: Int
  /// How many elements are taken.
  package var count: Int
  /// Whether the largest are taken.
  package var takesLargest: Bool

  /// Makes the operator.
  package init(axis: Int, count: Int, takesLargest: Bool = true) {
    self.axis = axis
    self.count = count
    self.takesLargest = takesLargest
  }

  package var name: String { "TopK" }

  package var details: String { "\(count) along axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(axis: axis)
    guard input.scalar != .bool else { throw OperatorError("the input is bool") }
    guard (0...input.shape[axis]).contains(count) else {
      throw OperatorError("axis \(axis) has \(input.shape[axis]) elements, \(count) can't be taken")
    }
    var shape = input.shape
    shape[axis] = count
    return [TensorType(input.scalar, shape), TensorType(.int64, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let input = try inputs.operand(0)
    let rows = Rows<Int>(input, alongLast: [axis])
    let chosen: [[Int]]
    if input.scalar.isFloatingPoint {
      // NaN counts as larger than every number, as in NumPy and PyTorch.
      chosen = Rows<Double>(input, alongLast: [axis]).elements.map { row in
        choose(from: Array(row)) { $0 < $1 || $1.isNaN && !$0.isNaN }
      }
    } else {
      let order = IntegerOrder(input.scalar)
      chosen = rows.elements.map { choose(from: Array($0), isLess: order.isLess) }
    }
    let indices = rows.tensor(chosen, as: .int64)
    return try GatherElements(axis: axis).evaluate([input, indices]) + [indices]
  }

  private func choose<Element>(from row: [Element], isLess: (Element, Element) -> Bool) -> [Int] {
    let sorted = row.indices.sorted { a, b in
      let isBefore = takesLargest ? isLess(row[b], row[a]) : isLess(row[a], row[b])
      let isBehind = takesLargest ? isLess(row[a], row[b]) : isLess(row[b], row[a])
      return isBefore || !isBehind && a < b
    }
    return Array(sorted.prefix(count))
  }
}
