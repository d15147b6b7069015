import KilnGraph

// What stands in the place of rows that are not real.

extension ImportContext {
  /// Adds a node with one result that helps another.
  mutating func add(
    _ operation: any Operator, _ inputs: [ValueID?], to name: String, _ role: String
  ) throws(ImportFailure) -> ValueID {
    try insert(operation, name: uniqueNodeName("\(name)/\(role)"), inputs)[0]
  }

  /// A constant without axes.
  mutating func addNumber(_ number: Double, _ scalar: ScalarType, to name: String) throws(ImportFailure) -> ValueID {
    graph.addConstant(uniqueNodeName("\(name)/number"), Tensor(shape: [], doubles: [number], as: scalar))
  }

  /// A count and a number as another count.
  mutating func counted(
    _ function: Binary.Function, _ count: ValueID, _ number: Int, name: String
  ) throws(ImportFailure) -> ValueID {
    if number == 1 && (function == .multiply || function == .divide) || number == 0 && function == .add { return count }
    let constant = graph.addConstant(uniqueNodeName("\(name)/number"), Tensor(shape: [1], integers: [number]))
    return try add(Binary(function), [count, constant], to: name, "count")
  }

  /// Which rows are real, as a tensor that is broadcast to others of a shape.
  mutating func isReal(_ rows: CountedRows, in shape: [Int]) throws(ImportFailure) -> ValueID {
    let extent = shape[rows.axis]
    let key = RowMask(count: rows.count, extent: extent)
    let mask: ValueID
    if let known = rowMasks[key] {
      mask = known
    } else {
      let name = graph[rows.count].name
      try spend(TensorType(.int64, [extent]))
      let numbers = graph.addConstant(
        uniqueNodeName("\(name)/numbers"), Tensor(shape: [extent], integers: Array(0..<extent)))
      mask = try add(Binary(.less), [numbers, rows.count], to: name, "real")
      rowMasks[key] = mask
    }
    let after = shape.count - 1 - rows.axis
    if after == 0 { return mask }
    return try add(
      Reshape(to: [extent] + [Int](repeating: 1, count: after)), [mask], to: graph[mask].name, "broadcast")
  }

  /// A value with a number in all rows that are not real.
  mutating func filled(
    _ value: ValueID, _ rows: CountedRows, with number: Double
  ) throws(ImportFailure) -> ValueID {
    let fill = try addNumber(number, type(value).scalar, to: graph[value].name)
    return try filled(value, rows, fill)
  }

  /// A value with the largest or smallest number of its type in all rows that are not real.
  mutating func filled(
    _ value: ValueID, _ rows: CountedRows, isLargest: Bool
  ) throws(ImportFailure) -> ValueID {
    let scalar = type(value).scalar
    if scalar.isFloatingPoint { return try filled(value, rows, with: isLargest ? .infinity : -.infinity) }
    let bits = 8 * scalar.byteCount - (scalar.isSigned ? 1 : 0)
    let largest = bits >= 63 ? Int.max : scalar == .bool ? 1 : (1 << bits) - 1
    let number = isLargest ? (scalar == .uint64 ? -1 : largest) : scalar.isSigned ? -largest - 1 : 0
    let name = uniqueNodeName("\(graph[value].name)/number")
    let fill = graph.addConstant(name, Tensor(shape: [], integers: [number], as: scalar))
    return try filled(value, rows, fill)
  }

  private mutating func filled(
    _ value: ValueID, _ rows: CountedRows, _ fill: ValueID
  ) throws(ImportFailure) -> ValueID {
    try add(Select(), [try isReal(rows, in: shape(value)), value, fill], to: graph[value].name, "filled")
  }
}

/// Which of a number of rows are real.
struct RowMask: Hashable {
  let count: ValueID
  let extent: Int
}
