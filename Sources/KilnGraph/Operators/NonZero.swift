/// Where a tensor is true: a row of places for each axis, in row-major order, of which the first `count` are real and the rest is 0.
///
/// Results: `[axes, capacity]` and the count `[1]`, both int64. Places beyond the capacity are left out. Source: ONNX NonZero 13 of other
/// types, which are compared with 0 before; a tensor without axes has one, as in ONNX Runtime.
package struct NonZero: Operator, Hashable {
  /// Columns of the result.
  package var capacity: Int

  /// Makes the operator.
  package init(capacity: Int) { self.capacity = capacity }

  package var name: String { "NonZero" }

  package var details: String { "at most \(capacity) places" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(.bool, "the input")
    guard input.rank > 0 else { throw OperatorError("the input has no axes") }
    return [try .checked(.int64, [input.rank, capacity]), TensorType(.int64, [1])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    _ = try outputTypes(for: inputs.types)
    let input = try inputs.operand(0)
    let elements = input.integers()
    let found = elements.indices.filter { elements[$0] != 0 }.prefix(capacity)
    let fill = [Int](repeating: 0, count: capacity - found.count)
    let rows = zip(input.shape, input.shape.rowMajorStrides).flatMap { extent, stride in
      found.map { $0 / stride % extent } + fill
    }
    return [
      Tensor(shape: [input.type.rank, capacity], integers: rows), Tensor(shape: [1], integers: [found.count]),
    ]
  }
}
