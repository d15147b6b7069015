/// Joins tensors along one axis. Source: ONNX Concat.
public struct Concat: Operator, Hashable {
  /// The axis, counted from the front.
  public var axis: Int

  /// Makes a concatenation.
  public init(axis: Int) { self.axis = axis }

  public var name: String { "Concat" }

  public var details: String { "axis \(axis)" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
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
}
