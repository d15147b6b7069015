import KilnGraph

// What operators do to tensors of which only the first rows are real. Those that keep rows apart keep the count; those that look at several
// rows are given something that changes nothing in the place of the others; the rest is refused.

extension ImportContext {
  /// Adds a node, some of whose operands have rows that are not real.
  mutating func insertCounting(
    _ operation: any Operator, name: String, _ inputs: [ValueID?]
  ) throws(ImportFailure) -> [ValueID] {
    switch operation {
    case let suppression as NonMaxSuppression: return try suppress(suppression, name: name, inputs)
    case is NonZero: return try insert(operation, name: name, [try marked(inputs)])
    case let concat as Concat:
      if let result = try concatRows(concat, name: name, inputs) { return [result] }
    case is ScatterElements, is ScatterND:
      if let results = try scatterRows(operation, name: name, inputs) { return results }
    default:
      guard let first = inputs.first, let value = first, let rows = countedRows[value] else { break }
      if let results = try mixRows(operation, name: name, value, rows) { return results }
    }
    return try insertKeepingRows(operation, name: name, inputs)
  }

  /// Adds a node that keeps rows apart, and says which of its results' are real.
  private mutating func insertKeepingRows(
    _ operation: any Operator, name: String, _ inputs: [ValueID?]
  ) throws(ImportFailure) -> [ValueID] {
    let results = try insert(operation, name: name, inputs)
    let types = inputs.map { $0.map(type) }
    var kept: CountedRows?
    for (operand, input) in inputs.enumerated() {
      guard let input, let rows = countedRows[input] else { continue }
      switch operation.fate(ofRowsAlong: rows.axis, operand: operand, types, type(results[0])) {
      case .mixed: throw mixed(input)
      case .gone: continue
      case .kept(let axis):
        guard kept.map({ $0.axis == axis }) ?? true else { throw mixed(input) }
        kept = kept ?? CountedRows(axis: axis, count: rows.count)
      }
    }
    for result in results { countedRows[result] = kept }
    return results
  }

  /// Why rows of a value can't be used so.
  func mixed(_ value: ValueID) -> ImportFailure {
    .unsupported(
      "of '\(graph[value].name)' only the first rows are real, as many as a count says that depends on the data, and it looks at several "
        + "at once; cut the model before it and do this in the application")
  }

  /// Adds a node that looks at several rows of its one operand, or counts them otherwise; `nil` when it keeps rows apart.
  private mutating func mixRows(
    _ operation: any Operator, name: String, _ input: ValueID, _ rows: CountedRows
  ) throws(ImportFailure) -> [ValueID]? {
    switch operation {
    case let reshape as Reshape: return [try reshapeRows(reshape, name: name, input, rows)]
    case let slice as Slice: return try sliceRows(slice, name: name, input, rows).map { [$0] }
    case let reduction as Reduction where reduction.axes.contains(rows.axis):
      return [try reduceRows(reduction, name: name, input, rows)]
    case let choice as ArgReduction where choice.axis == rows.axis:
      return try insert(choice, name: name, [try filled(input, rows, isLargest: choice.findsMinimum)])
    case let softmax as Softmax where softmax.axis == rows.axis:
      let results = try insert(softmax, name: name, [try filled(input, rows, isLargest: false)])
      countedRows[results[0]] = rows
      return results
    case let choice as TopK where choice.axis == rows.axis:
      let results = try insert(choice, name: name, [try filled(input, rows, isLargest: !choice.takesLargest)])
      let count = try counted(.minimum, rows.count, choice.count, name: name)
      for result in results { countedRows[result] = CountedRows(axis: choice.axis, count: count) }
      return results
    default: return nil
    }
  }

  /// Sums, and the like, of the real rows: the others are given what changes nothing.
  private mutating func reduceRows(
    _ reduction: Reduction, name: String, _ input: ValueID, _ rows: CountedRows
  ) throws(ImportFailure) -> ValueID {
    let operand: ValueID
    switch reduction.kind {
    case .sum, .mean, .l1, .l2, .sumOfSquares, .logSum: operand = try filled(input, rows, with: 0)
    case .product: operand = try filled(input, rows, with: 1)
    case .maximum, .logSumExp: operand = try filled(input, rows, isLargest: false)
    case .minimum: operand = try filled(input, rows, isLargest: true)
    }
    guard reduction.kind == .mean else { return try insert(reduction, name: name, [operand])[0] }
    let sum = try add(
      Reduction(.sum, axes: reduction.axes, keepsAxes: reduction.keepsAxes), [operand], to: name, "sum")
    let others = reduction.axes.filter { $0 != rows.axis }.reduce(1) { $0 * shape(input)[$1] }
    let count = try counted(.multiply, rows.count, others, name: name)
    let number = try add(Cast(to: type(input).scalar), [count], to: name, "number")
    let divisor = try add(Reshape(to: []), [number], to: name, "divisor")
    return try insert(Binary(.divide), name: name, [sum, divisor])[0]
  }

  /// What is looked for is not found in rows that are not real.
  private mutating func marked(_ inputs: [ValueID?]) throws(ImportFailure) -> ValueID {
    guard let first = inputs.first, let input = first, let rows = countedRows[input] else {
      throw .malformed("its input is missing")
    }
    return try add(Binary(.and), [input, try isReal(rows, in: shape(input))], to: graph[input].name, "real")
  }

  /// Boxes that are not real have a score that none exceeds.
  private mutating func suppress(
    _ suppression: NonMaxSuppression, name: String, _ inputs: [ValueID?]
  ) throws(ImportFailure) -> [ValueID] {
    let missing = SuppressionOperand.scoreThreshold + 1 - inputs.count
    var inputs = inputs + [ValueID?](repeating: nil, count: max(0, missing))
    guard let boxes = inputs[SuppressionOperand.boxes], let scores = inputs[SuppressionOperand.scores] else {
      throw .malformed("its boxes or scores are missing")
    }
    for (value, axis) in [(boxes, 1), (scores, 2)] {
      if let rows = countedRows[value], rows.axis != axis { throw mixed(value) }
    }
    for value in inputs.dropFirst(2) {
      if let value, countedRows[value] != nil { throw mixed(value) }
    }
    guard let count = (countedRows[scores] ?? countedRows[boxes])?.count else {
      return try insert(suppression, name: name, inputs)
    }
    inputs[SuppressionOperand.scores] = try filled(scores, CountedRows(axis: 2, count: count), isLargest: false)
    let least = try addNumber(-Double(Float.greatestFiniteMagnitude), .float32, to: name)
    inputs[SuppressionOperand.scoreThreshold] =
      if let threshold = inputs[SuppressionOperand.scoreThreshold] {
        try add(Binary(.maximum), [threshold, least], to: name, "threshold")
      } else {
        least
      }
    return try insert(suppression, name: name, inputs)
  }
}
