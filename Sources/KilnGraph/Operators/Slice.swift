/// Takes elements at regular steps along every axis.
///
/// Source: ONNX Slice and Split (a slice an output).
package struct Slice: Operator, Hashable {
  /// The first index along each axis.
  package var starts: [Int]
  /// The number of elements along each axis: the result's dimensions.
  package var counts: [Int]
  /// The step along each axis; may be negative, never 0.
  package var steps: [Int]

  /// Makes a slice; every array has one entry an axis.
  ///
  /// Steps default to 1.
  package init(starts: [Int], counts: [Int], steps: [Int]? = nil) {
    self.starts = starts
    self.counts = counts
    self.steps = steps ?? Array(repeating: 1, count: starts.count)
  }

  package var name: String { "Slice" }

  package var details: String {
    "from \(starts), \(counts) elements\(steps.allSatisfy { $0 == 1 } ? "" : ", steps \(steps)")"
  }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(entries: starts.count, "the list of starts")
    try input.require(entries: counts.count, "the list of counts")
    try input.require(entries: steps.count, "the list of steps")
    for axis in counts.indices where counts[axis] > 0 {
      let last = saturatingSum(starts[axis], saturatingProduct(counts[axis] - 1, steps[axis]))
      let range = 0..<input.shape[axis]
      guard steps[axis] != 0, range.contains(starts[axis]), range.contains(last) else {
        throw OperatorError(
          "\(counts[axis]) elements from \(starts[axis]) in steps of \(steps[axis]) leave axis \(axis) of \(input.shape)"
        )
      }
    }
    return [try .checked(input.scalar, counts)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.operand(0)
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let strides = input.shape.rowMajorStrides
    return [
      input.gathering(
        counts.indices.map { axis in
          (0..<counts[axis]).map { (starts[axis] + $0 * steps[axis]) * strides[axis] }
        })
    ]
  }
}
