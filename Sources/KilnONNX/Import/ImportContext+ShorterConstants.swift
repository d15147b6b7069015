import KilnGraph

/// What a constant would be if there were room for one row less: how it follows from a number of rows that the data decide.
struct ShorterConstant {
  let tensor: Tensor
  /// The rows that are real; `nil` where it follows from several such numbers.
  let count: ValueID?
  /// The rows that there is room for.
  let extent: Int
}

extension ImportContext {
  /// Adds a constant that holds dimensions of a value.
  mutating func addDimensions(_ tensor: Tensor, of value: ValueID, _ shorter: ([Int]) -> Tensor) -> ValueID {
    let result = graph.addConstant(node.name, tensor)
    if let rows = countedRows[value] {
      var shape = shape(value)
      let extent = shape[rows.axis]
      shape[rows.axis] -= 1
      setShorter(shorter(shape), of: result, rows.count, extent)
    }
    return result
  }

  private mutating func setShorter(_ tensor: Tensor, of result: ValueID, _ count: ValueID?, _ extent: Int) {
    guard let whole = graph.constant(result), whole.type == tensor.type,
      !whole.storage.bytes.elementsEqual(tensor.storage.bytes)
    else { return }
    shorterConstants[result] = ShorterConstant(tensor: tensor, count: count, extent: extent)
  }

  /// Remembers what results of constants would be with one row less.
  mutating func foldShorter(_ operation: any Operator, _ inputs: [ValueID?], _ results: [ValueID]) {
    let known = inputs.compactMap { input in input.flatMap { shorterConstants[$0] } }
    guard let first = known.first else { return }
    let tensors = inputs.map { input in input.flatMap { shorterConstants[$0]?.tensor ?? graph.constant($0) } }
    guard let shorter = try? operation.evaluate(tensors) else { return }
    let isOne = known.allSatisfy { $0.count == first.count && $0.extent == first.extent }
    let count = isOne ? first.count : nil
    for (result, tensor) in zip(results, shorter) { setShorter(tensor, of: result, count, first.extent) }
  }

  /// Throws where a number of rows is computed with, which is known at run time only.
  func requireIndependent(_ inputs: [ValueID?]) throws(ImportFailure) {
    guard let input = inputs.compactMap({ $0 }).first(where: { shorterConstants[$0] != nil }) else { return }
    throw .unsupported(
      "it computes with '\(graph[input].name)', which follows from a number of rows that depends on the data; cut the model before it "
        + "and do this in the application")
  }

  /// Says which rows of a result are real whose dimensions follow from a number of rows.
  ///
  /// - Parameters:
  ///   - operand: the operand that says the dimensions.
  ///   - dimensions: the result's last ones, as many as the operand says, from it.
  mutating func countRows(
    of result: ValueID, from operand: Int, _ dimensions: (Tensor) throws(ImportFailure) -> [Int]
  ) throws(ImportFailure) {
    guard let value = optionalInput(operand), let shorter = shorterConstants[value], let whole = constant(value) else {
      return
    }
    let (extents, less) = (try dimensions(whole), try dimensions(shorter.tensor))
    let before = shape(result).count - extents.count
    for index in extents.indices where extents[index] != less[index] {
      let axis = before + index
      if let known = countedRows[result] {
        guard known.axis == axis else { throw mixed(result) }
        continue
      }
      guard let count = shorter.count else { throw mixed(result) }
      // Affine in the number of rows.
      let step = extents[index] &- less[index]
      let scaled = try counted(.multiply, count, step, name: node.name)
      let all = try counted(.add, scaled, extents[index] &- step &* shorter.extent, name: node.name)
      countedRows[result] = CountedRows(axis: axis, count: all)
    }
  }
}
