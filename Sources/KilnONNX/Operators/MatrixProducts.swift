import KilnGraph

/// Products of matrices, which are linear layers where one is constant, and determinants.
enum MatrixOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    determinant, gemm, matrixProduct,
  ]

  /// Det: of the matrices that the last two axes hold.
  static let determinant = OperatorImporter(
    "Det", since: [11], examples: [NodeExample([.computed([2, 3, 3])])]
  ) { context throws(ImportFailure) in
    [try context.emit(Determinant(), [try context.input(0)])]
  }

  /// Gemm: `alpha * A' * B' + beta * C`.
  ///
  /// With a constant B, `alpha` goes into the weight and, where C is a constant that is the same in every row, `beta`
  /// into the bias, in Float64.
  static let gemm = OperatorImporter(
    "Gemm", since: [6],
    attributes: [.int("transA"), .int("transB"), .float("alpha"), .float("beta")], ignoring: ["broadcast"],
    examples: [NodeExample([.computed([2, 4]), .constant([4, 8]), .constant([8])])]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    var a = try context.input(0)
    let b = try context.input(1)
    guard context.shape(a).count == 2, context.shape(b).count == 2 else {
      throw .malformed("it multiplies \(context.shape(a)) by \(context.shape(b)), which are not two matrices")
    }
    if try attributes.flag("transA") { a = try context.emit(Transpose([1, 0]), [a], role: "transposedA") }
    let transposesB = try attributes.flag("transB")
    let alpha = try attributes.float("alpha", default: 1)
    let beta = try attributes.float("beta", default: 1)
    guard let weight = context.constant(b), weight.scalar.isFloatingPoint, context.constant(a) == nil else {
      return [try product(&context, a, b, transposesB, alpha: alpha, beta: beta)]
    }
    if alpha != 1 { try context.spend(weight.type) }
    let matrix = alpha == 1 ? b : context.addConstant(scaled(weight, by: alpha), role: "weight")
    let operation = Linear(arrangement: transposesB ? .outputFirst : .inputFirst)
    guard let c = context.optionalInput(2), beta != 0 else { return [try context.emit(operation, [a, matrix])] }
    let outputs = operation.extents(ofWeight: weight.shape).outputs
    if let bias = biasRow(context.constant(c), outputs: outputs, beta: beta) {
      let isRow = beta == 1 && context.shape(c) == bias.shape
      return [try context.emit(operation, [a, matrix, isRow ? c : context.addConstant(bias, role: "bias")])]
    }
    let linear = try context.emit(operation, [a, matrix], role: "product")
    return [try context.emit(Binary(.add), [linear, try scaled(&context, c, by: beta, role: "beta")])]
  }

  private static func product(
    _ context: inout ImportContext, _ a: ValueID, _ b: ValueID, _ transposesB: Bool, alpha: Double, beta: Double
  ) throws(ImportFailure) -> ValueID {
    let right = transposesB ? try context.emit(Transpose([1, 0]), [b], role: "transposedB") : b
    let hasAddend = context.optionalInput(2) != nil && beta != 0
    var result = try context.emit(MatMul(), [a, right], role: hasAddend || alpha != 1 ? "product" : nil)
    result = try scaled(&context, result, by: alpha, role: hasAddend ? "alpha" : nil)
    guard hasAddend, let c = context.optionalInput(2) else { return result }
    return try context.emit(Binary(.add), [result, try scaled(&context, c, by: beta, role: "beta")])
  }

  /// `value * factor`; the value itself for a factor of 1.
  private static func scaled(
    _ context: inout ImportContext, _ value: ValueID, by factor: Double, role: String?
  ) throws(ImportFailure) -> ValueID {
    guard factor != 1 else { return value }
    let constant = context.addScalar(factor, context.type(value).scalar, role: "\(role ?? "alpha")Factor")
    return try context.emit(Binary(.multiply), [value, constant], role: role)
  }

  private static func scaled(_ tensor: Tensor, by factor: Double) -> Tensor {
    guard factor != 1 else { return tensor }
    return Tensor(shape: tensor.shape, doubles: tensor.doubles().map { $0 * factor }, as: tensor.scalar)
  }

  /// `beta * c` as one number an output, when `c` is a constant that is the same in every row.
  private static func biasRow(_ c: Tensor?, outputs: Int, beta: Double) -> Tensor? {
    guard let c, [[], [1], [1, 1], [outputs], [1, outputs]].contains(c.shape) else { return nil }
    if c.elementCount == outputs { return scaled(c.reshaped(to: [outputs]), by: beta) }
    let values = [Double](repeating: c.doubles()[0] * beta, count: outputs)
    return Tensor(shape: [outputs], doubles: values, as: c.scalar)
  }

  /// MatMul.
  ///
  /// A constant right operand of two axes makes a linear layer.
  static let matrixProduct = OperatorImporter(
    "MatMul", since: [1], examples: [NodeExample([.computed([2, 4]), .computed([4, 8])])]
  ) { context throws(ImportFailure) in
    let a = try context.input(0)
    let b = try context.input(1)
    guard let weight = context.constant(b), weight.type.rank == 2, weight.scalar.isFloatingPoint,
      context.shape(a).count > 0, context.constant(a) == nil
    else { return [try context.emit(MatMul(), [a, b])] }
    return [try context.emit(Linear(arrangement: .inputFirst), [a, b])]
  }
}
