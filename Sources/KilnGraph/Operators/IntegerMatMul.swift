/// A matrix product of quantised numbers with exact int32 sums: `sum of (a - aZeroPoint) * (b - bZeroPoint)`.
///
/// Operands: A, B, zero point of A (one number, or one per row), zero point of B (one number, or one per column); zero
/// points may be absent. Source: ONNX MatMulInteger 10.
package struct IntegerMatMul: Operator, Hashable {
  /// Makes the operator.
  package init() {}

  package var name: String { "MatMulInteger" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 4)
    let left = try inputs.operand(0, "A")
    let right = try inputs.operand(1, "B")
    let shape = try MatrixParameter.outputShape(left, right)
    try MatrixParameter.rows.require(inputs.optional(2), left.scalar, for: left, "the zero point of A")
    try MatrixParameter.columns.require(inputs.optional(3), right.scalar, for: right, "the zero point of B")
    return [try .checked(.int32, shape)]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    MatMul().multiplyAccumulates(inputs: inputs, outputs: outputs)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let left = try inputs.operand(0)
    let right = try inputs.operand(1)
    let sums = try MatMul.products(
      MatrixParameter.rows.subtract(inputs.optional(2), from: left), left.shape,
      MatrixParameter.columns.subtract(inputs.optional(3), from: right), right.shape)
    return [Tensor(shape: output.shape, integers: sums.map { Int($0) }, as: .int32)]
  }
}

/// A matrix product of quantised numbers to quantised numbers: the exact integer sum is multiplied by
/// `aScale * bScale / yScale`, rounded with ties to even, shifted by the result's zero point and saturated.
///
/// Operands: A, its scale and zero point (one number, or one per row); B, its scale and zero point (one number, or one per
/// column); the result's scale and zero point. Source: ONNX QLinearMatMul 10 and 21.
package struct QuantizedMatMul: Operator, Hashable {
  /// Makes the operator.
  package init() {}

  package var name: String { "QLinearMatMul" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 8)
    let left = try inputs.operand(0, "A")
    let right = try inputs.operand(3, "B")
    let zeroPoint = try inputs.operand(7, "zero point of the result")
    try Quantization.requireQuantized(zeroPoint, "the zero point of the result")
    let output = try TensorType.checked(zeroPoint.scalar, try MatrixParameter.outputShape(left, right))
    for (index, parameter, tensor) in [
      (1, MatrixParameter.rows, left), (4, .columns, right), (6, .rows, output),
    ] {
      let scale = try inputs.operand(index, "scale")
      try scale.requireFloatingPoint("a scale")
      try parameter.require(scale, scale.scalar, for: tensor, "a scale")
      // Against the result too, which has fewer axes than a matrix when the other operand is a vector.
      try parameter.require(scale, scale.scalar, for: output, "a scale")
      try parameter.require(inputs.optional(index + 1), tensor.scalar, for: tensor, "a zero point")
    }
    return [output]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    MatMul().multiplyAccumulates(inputs: inputs, outputs: outputs)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let left = try inputs.operand(0)
    let right = try inputs.operand(3)
    let sums = try MatMul.products(
      MatrixParameter.rows.subtract(inputs.optional(2), from: left), left.shape,
      MatrixParameter.columns.subtract(inputs.optional(5), from: right), right.shape)
    let leftScale = MatrixParameter.rows.expand(try inputs.operand(1), to: output.shape).floats()
    let rightScale = MatrixParameter.columns.expand(try inputs.operand(4), to: output.shape).floats()
    let outputScale = MatrixParameter.rows.expand(try inputs.operand(6), to: output.shape).floats()
    let zeroPoint = MatrixParameter.rows.expand(try inputs.operand(7), to: output.shape).integers()
    let order = IntegerOrder(output.scalar)
    let results = sums.indices.map { index in
      Quantization.requantize(
        sums[index], multiplier: leftScale[index] * rightScale[index] / outputScale[index],
        zeroPoint: zeroPoint[index], as: order)
    }
    return [Tensor(shape: output.shape, integers: results, as: output.scalar)]
  }
}

/// How the numbers of a scale or zero point belong to the rows or the columns of matrices.
private enum MatrixParameter {
  case rows, columns

  /// The product's dimensions, when both matrices are quantised and fit.
  static func outputShape(_ left: TensorType, _ right: TensorType) throws(OperatorError) -> [Int] {
    try Quantization.requireQuantized(left, "A")
    try Quantization.requireQuantized(right, "B")
    return try MatMul.outputShape(left.shape, right.shape)
  }

  /// Throws unless the parameter, when there is one, is one number or fits the rows or columns.
  func require(
    _ parameter: TensorType?, _ scalar: ScalarType, for tensor: TensorType, _ role: String
  ) throws(OperatorError) {
    guard let parameter else { return }
    try parameter.require(scalar, role)
    if parameter.elementCount == 1, parameter.rank <= 1 { return }
    let shape = aligned(parameter.shape)
    guard tensor.rank >= 2, try shape.broadcast(with: tensor.shape) == tensor.shape else {
      throw OperatorError("\(role) is \(parameter.shape), which does not fit \(tensor.shape)")
    }
  }

  /// The parameter repeated for each element of a tensor of `shape`.
  func expand(_ parameter: Tensor, to shape: [Int]) -> Tensor {
    parameter.elementCount == 1
      ? parameter.reshaped(to: []).broadcast(to: shape)
      : parameter.reshaped(to: aligned(parameter.shape)).broadcast(to: shape)
  }

  /// The differences of a tensor's elements from their zero points.
  func subtract(_ zeroPoint: Tensor?, from tensor: Tensor) -> [Double] {
    guard let zeroPoint else { return tensor.doubles() }
    return zip(tensor.doubles(), expand(zeroPoint, to: tensor.shape).doubles()).map { $0 - $1 }
  }

  private func aligned(_ shape: [Int]) -> [Int] { self == .rows && shape.count == 1 ? shape + [1] : shape }
}
