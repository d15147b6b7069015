/// The same elements in row-major order with other dimensions.
///
/// Source: ONNX Reshape, Flatten, Squeeze, Unsqueeze.
package struct Reshape: Operator, Hashable {
  /// The dimensions, all known.
  package var shape: [Int]

  /// Makes a reshape.
  package init(to shape: [Int]) { self.shape = shape }

  package var name: String { "Reshape" }

  package var details: String { "to \(shape)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    let output = try TensorType.checked(input.scalar, shape)
    guard output.elementCount == input.elementCount else {
      throw OperatorError("\(input.shape) and \(shape) have different numbers of elements")
    }
    return [output]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.operand(0).reshaped(to: try outputTypes(for: inputs.types)[0].shape)]
  }
}
