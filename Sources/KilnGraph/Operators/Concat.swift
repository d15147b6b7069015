/// Joins tensors along one axis.
///
/// Source: ONNX Concat.
package struct Concat: Operator, Hashable {
  /// The axis, counted from the front.
  package var axis: Int

  /// Makes a concatenation.
  package init(axis: Int) { self.axis = axis }

  package var name: String { "Concat" }

  package var details: String { "axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    let first = try inputs.operand(0, "input 0")
    try first.require(axis: axis)
    var shape = first.shape
    for index in inputs.indices.dropFirst() {
      let next = try inputs.operand(index, "input \(index)")
      try next.require(first.scalar, "input \(index)")
      guard next.rank == first.rank, shape.indices.allSatisfy({ $0 == axis || next.shape[$0] == shape[$0] }) else {
        throw OperatorError("input \(index) is \(next.shape), which does not join \(first.shape) along axis \(axis)")
      }
      shape[axis] = saturatingSum(shape[axis], next.shape[axis])
    }
    return [try .checked(first.scalar, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let output = try outputTypes(for: inputs.types)[0]
    let parts = inputs.compactMap(\.self)
    let rows = output.shape[..<axis].reduce(1, *)
    let storage = ByteStorage(count: output.elementCount * output.scalar.byteCount) { memory in
      guard rows > 0 else { return }
      var next = 0
      for row in 0..<rows {
        for part in parts {
          let count = part.storage.bytes.count / rows
          let source = UnsafeRawBufferPointer(rebasing: part.storage.bytes[(row * count)..<((row + 1) * count)])
          UnsafeMutableRawBufferPointer(rebasing: memory[next..<(next + count)]).copyMemory(from: source)
          next += count
        }
      }
    }
    return [Tensor(type: output, storage: storage)]
  }
}
