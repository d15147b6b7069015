import KilnGraph

// Rows that are moved: the real ones stay first.

extension ImportContext {
  /// Other dimensions, which may put each row's parts into rows of their own, or several rows into one.
  mutating func reshapeRows(
    _ reshape: Reshape, name: String, _ input: ValueID, _ rows: CountedRows
  ) throws(ImportFailure) -> ValueID {
    let from = shape(input)
    let result = try insert(reshape, name: name, [input])[0]
    let outer = Array(from[..<rows.axis]).elementCount
    let extent = from[rows.axis]
    // Axes before which there are as many elements as before the rows.
    let axes = reshape.shape.indices.filter { Array(reshape.shape[..<$0]).elementCount == outer }
    if let axis = axes.first(where: { reshape.shape[$0] == extent }) {
      countedRows[result] = CountedRows(axis: axis, count: rows.count)
    } else if let axis = axes.first(where: { extent > 0 && reshape.shape[$0] > 0 && reshape.shape[$0] % extent == 0 }) {
      let count = try counted(.multiply, rows.count, reshape.shape[axis] / extent, name: name)
      countedRows[result] = CountedRows(axis: axis, count: count)
    } else if let axis = axes.first(where: { reshape.shape[$0] > 1 && extent % reshape.shape[$0] == 0 }) {
      let count = try counted(.divide, rows.count, extent / reshape.shape[axis], name: name)
      countedRows[result] = CountedRows(axis: axis, count: count)
    } else {
      throw mixed(input)
    }
    return result
  }

  /// Some of the rows; `nil` when it takes all of them.
  mutating func sliceRows(
    _ slice: Slice, name: String, _ input: ValueID, _ rows: CountedRows
  ) throws(ImportFailure) -> ValueID? {
    let (start, length) = (slice.starts[rows.axis], slice.counts[rows.axis])
    if start == 0 && length == shape(input)[rows.axis] { return nil }
    guard slice.steps[rows.axis] == 1 || length <= 1 else { throw mixed(input) }
    let result = try insert(slice, name: name, [input])[0]
    var count = try counted(.minimum, rows.count, start + length, name: name)
    if start > 0 {
      count = try counted(.subtract, count, start, name: name)
      count = try counted(.maximum, count, 0, name: name)
    }
    countedRows[result] = CountedRows(axis: rows.axis, count: count)
    return result
  }

  /// Tensors put together along the axis of rows: the real ones are moved to the front; `nil` along another axis.
  mutating func concatRows(
    _ concat: Concat, name: String, _ inputs: [ValueID?]
  ) throws(ImportFailure) -> ValueID? {
    let parts = inputs.compactMap(\.self)
    let counts = parts.map { part in countedRows[part] }
    guard counts.contains(where: { $0?.axis == concat.axis }) else { return nil }
    if let index = counts.firstIndex(where: { $0.map { $0.axis != concat.axis } ?? false }) {
      throw mixed(parts[index])
    }
    guard parts.allSatisfy({ shape($0).count > concat.axis }) else {
      throw .malformed("its operands differ in their axes")
    }
    let extents = parts.map { shape($0)[concat.axis] }
    if let last = counts.last, let last, counts.dropLast().allSatisfy({ $0 == nil }) {
      let result = try insert(concat, name: name, inputs)[0]
      let count = try counted(.add, last.count, extents.dropLast().reduce(0, +), name: name)
      countedRows[result] = CountedRows(axis: concat.axis, count: count)
      return result
    }
    let key = zip(counts, extents).map { RowPart(count: $0?.count, extent: $1) }
    let order: RowOrder
    if let known = rowOrders[key] {
      order = known
    } else {
      order = try rowOrder(key, name: name)
      rowOrders[key] = order
    }
    let whole = try add(concat, inputs, to: name, "parts")
    let result = try insert(Gather(axis: concat.axis), name: name, [whole, order.indices])[0]
    countedRows[result] = CountedRows(axis: concat.axis, count: order.count)
    return result
  }

  /// The places of the real rows of several parts, and how many they are.
  private mutating func rowOrder(_ parts: [RowPart], name: String) throws(ImportFailure) -> RowOrder {
    var masks: [ValueID] = []
    for part in parts {
      if let count = part.count {
        masks.append(try isReal(CountedRows(axis: 0, count: count), in: [part.extent]))
      } else {
        let all = Tensor(shape: [part.extent], integers: [Int](repeating: 1, count: part.extent), as: .bool)
        try spend(all.type)
        masks.append(graph.addConstant(uniqueNodeName("\(name)/all"), all))
      }
    }
    let mask = try add(Concat(axis: 0), masks, to: name, "real")
    let extent = shape(mask)[0]
    let found = try insert(NonZero(capacity: extent), name: uniqueNodeName("\(name)/places"), [mask])
    return RowOrder(indices: try add(Reshape(to: [extent]), [found[0]], to: name, "order"), count: found[1])
  }

  /// Updates of which only the first are real: the others go to a place of their own, which is left out then; `nil` when all are real.
  mutating func scatterRows(
    _ operation: any Operator, name: String, _ inputs: [ValueID?]
  ) throws(ImportFailure) -> [ValueID]? {
    guard inputs.count == 3, let data = inputs[0], let indices = inputs[1], let updates = inputs[2],
      let rows = countedRows[indices] ?? countedRows[updates]
    else { return nil }
    let axis = (operation as? ScatterElements)?.axis ?? 0
    let (shape, indexShape) = (shape(data), shape(indices))
    let isTuple = operation is ScatterND
    guard let length = indexShape.last, shape.count > axis, rows.axis < indexShape.count - (isTuple ? 1 : 0),
      !isTuple || (1...shape.count).contains(length)
    else { throw mixed(indices) }
    var spare = shape
    spare[axis] = 1
    let scalar = type(indices).scalar
    func list(_ first: Int, _ rest: (Int) -> Int) -> Tensor {
      isTuple
        ? Tensor(shape: [length], integers: [first] + (1..<max(length, 1)).map(rest), as: scalar)
        : Tensor(shape: [], integers: [first], as: scalar)
    }
    let zero = graph.addConstant(uniqueNodeName("\(name)/zero"), list(0) { _ in 0 })
    let extents = graph.addConstant(uniqueNodeName("\(name)/extents"), list(shape[axis]) { shape[$0] })
    let outside = graph.addConstant(uniqueNodeName("\(name)/outside"), list(shape[axis]) { _ in 0 })
    // Places that are counted from the end would be others in the longer axis.
    let isNegative = try add(Binary(.less), [indices, zero], to: name, "negative")
    let moved = try add(Binary(.add), [indices, extents], to: name, "moved")
    let places = try add(Select(), [isNegative, moved, indices], to: name, "places")
    let mask = try isReal(rows, in: indexShape)
    let kept = try add(Select(), [mask, places, outside], to: name, "kept")
    try spend(TensorType(type(data).scalar, spare))
    let room = graph.addConstant(
      uniqueNodeName("\(name)/room"),
      Tensor(shape: spare, doubles: [Double](repeating: 0, count: spare.elementCount), as: type(data).scalar))
    let longer = try add(Concat(axis: axis), [data, room], to: name, "longer")
    let all = try add(operation, [longer, kept, updates], to: name, "scattered")
    let result = try insert(Slice(starts: shape.map { _ in 0 }, counts: shape), name: name, [all])[0]
    countedRows[result] = countedRows[data]
    return [result]
  }
}

/// Rows of a tensor that is put together with others.
struct RowPart: Hashable {
  /// How many are real; `nil` for all.
  let count: ValueID?
  let extent: Int
}

/// Where the real rows are in what is put together.
struct RowOrder {
  let indices: ValueID
  let count: ValueID
}
