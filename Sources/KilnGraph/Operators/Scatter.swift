/// How an update is combined with the element that is there.
package enum ScatterReduction: Hashable, Sendable {
  /// The update takes its place; of several, the last.
  case none
  case add, multiply, minimum, maximum
}

/// A copy of the data in which the slices that index tuples name are updated.
///
/// Operands: data, indices, updates of shape `indices.shape[:-1] + data.shape[indices.shape[-1]:]`. Source: ONNX
/// ScatterND 18.
package struct ScatterND: Operator, Hashable {
  /// How updates are combined with what is there.
  package var reduction: ScatterReduction

  /// Makes the operator.
  package init(reduction: ScatterReduction = .none) { self.reduction = reduction }

  package var name: String { "ScatterND" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let data = try inputs.operand(0, "data")
    let indices = try inputs.operand(1, "indices")
    try requireIndexTuples(indices, in: data, batchAxes: 0)
    let slice = data.shape[indices.shape[indices.rank - 1]...]
    try requireUpdates(inputs, shape: indices.shape.dropLast() + slice, data: data, reduction)
    return [data]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    _ = try outputTypes(for: inputs.types)
    let data = try inputs.operand(0)
    let (starts, count) = try tuplePlaces(try inputs.operand(1), in: data.shape, batchAxes: 0)
    let places = starts.flatMap { start in (0..<count).map { start + $0 } }
    return [try scatter(try inputs.operand(2), at: places, into: data, reduction)]
  }
}

/// A copy of the data in which single elements are updated, at `index[i, j, k], j, k` for axis 0.
///
/// Operands: data, indices, updates of the indices' shape. Source: ONNX ScatterElements 18 and Scatter 9.
package struct ScatterElements: Operator, Hashable {
  /// The axis, counted from the front.
  package var axis: Int
  /// How updates are combined with what is there.
  package var reduction: ScatterReduction

  /// Makes the operator.
  package init(axis: Int, reduction: ScatterReduction = .none) {
    self.axis = axis
    self.reduction = reduction
  }

  package var name: String { "ScatterElements" }

  package var details: String { "axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let data = try inputs.operand(0, "data")
    let indices = try inputs.operand(1, "indices")
    try requireElementIndices(indices, in: data, axis: axis)
    try requireUpdates(inputs, shape: indices.shape, data: data, reduction)
    return [data]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    _ = try outputTypes(for: inputs.types)
    let data = try inputs.operand(0)
    let places = try elementPlaces(try inputs.operand(1), in: data.shape, axis: axis)
    return [try scatter(try inputs.operand(2), at: places, into: data, reduction)]
  }
}

private func requireUpdates(
  _ inputs: [TensorType?], shape: [Int], data: TensorType, _ reduction: ScatterReduction
) throws(OperatorError) {
  let updates = try inputs.operand(2, "updates")
  try updates.require(data.scalar, "the updates")
  try updates.require(shape: shape, "the updates")
  if data.scalar == .bool, reduction != .none { throw OperatorError("the data is bool") }
}

/// Puts element `i` of the updates at `places[i]` of the flattened data.
private func scatter(
  _ updates: Tensor, at places: [Int], into data: Tensor, _ reduction: ScatterReduction
) throws(OperatorError) -> Tensor {
  let combine: Binary
  switch reduction {
  case .none:
    // The elements of the updates are numbered after those of the data.
    var sources = Array(0..<data.elementCount)
    for (update, place) in places.enumerated() { sources[place] = data.elementCount + update }
    let both = [data.reshaped(to: [data.elementCount]), updates.reshaped(to: [updates.elementCount])]
    return try Concat(axis: 0).evaluate(both)[0].gathering([sources]).reshaped(to: data.shape)
  case .add: combine = Binary(.add)
  case .multiply: combine = Binary(.multiply)
  case .minimum: combine = Binary(.minimum)
  case .maximum: combine = Binary(.maximum)
  }
  if data.scalar.isFloatingPoint {
    var elements = data.doubles()
    for (update, place) in zip(updates.doubles(), places) { elements[place] = combine.apply(elements[place], update) }
    return Tensor(shape: data.shape, doubles: elements, as: data.scalar)
  }
  let order = IntegerOrder(data.scalar)
  var elements = data.integers()
  for (update, place) in zip(updates.integers(), places) {
    elements[place] = combine.apply(toIntegers: elements[place], update, order)
  }
  return Tensor(shape: data.shape, integers: elements, as: data.scalar)
}
