/// The determinant of each square matrix that the last two axes hold.
///
/// Source: ONNX Det 11.
package struct Determinant: Operator, Hashable {
  /// Makes the operator.
  package init() {}

  package var name: String { "Det" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    guard input.rank >= 2, input.shape[input.rank - 1] == input.shape[input.rank - 2] else {
      throw OperatorError("the input \(input) is not made of square matrices")
    }
    return [TensorType(input.scalar, input.shape.dropLast(2))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let input = try inputs.operand(0)
    let size = input.shape[input.shape.count - 1]
    let elements = input.doubles()
    let results = (0..<types[0].elementCount).map { matrix in
      Self.determinant(Array(elements[(matrix * size * size)..<((matrix + 1) * size * size)]), size: size)
    }
    return [Tensor(shape: types[0].shape, doubles: results, as: types[0].scalar)]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    guard let size = inputs.first??.shape.last, let count = outputs.first?.elementCount else { return 0 }
    return saturatingProduct(count, saturatingProduct(size, saturatingProduct(size, size)))
  }

  /// Gauss's elimination, each time with the row of the largest element.
  private static func determinant(_ matrix: [Double], size: Int) -> Double {
    var rows = (0..<size).map { Array(matrix[($0 * size)..<(($0 + 1) * size)]) }
    var result = 1.0
    for step in 0..<size {
      var pivot = step
      for row in step..<size where abs(rows[row][step]) > abs(rows[pivot][step]) { pivot = row }
      if pivot != step {
        rows.swapAt(pivot, step)
        result = -result
      }
      result *= rows[step][step]
      guard rows[step][step] != 0 else { return result }
      for row in (step + 1)..<max(size, step + 1) {
        let factor = rows[row][step] / rows[step][step]
        for column in step..<size { rows[row][column] -= factor * rows[step][column] }
      }
    }
    return result
  }
}
