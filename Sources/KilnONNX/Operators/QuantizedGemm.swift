import KilnGraph

/// com.microsoft's QGemm: fully connected layers of ONNX Runtime's quantised files.
enum QuantizedGemmOperators {
  /// The operators.
  static let all: [OperatorImporter] = [gemm]

  /// QGemm: exact integer sums with a bias, times `alpha * aScale * bScale`; quantised where there is a scale for that.
  ///
  /// As in ONNX Runtime, a quantised result is the sum times `alpha * aScale * bScale / yScale`, rounded once.
  static let gemm = OperatorImporter(
    "QGemm", domain: OperatorSetID.microsoftDomain, since: [1],
    attributes: [.int("transA"), .int("transB"), .float("alpha")],
    examples: [
      NodeExample([
        .computed([2, 4]), .scale, .zeroPoint, .constant([4, 8]), .scale, .zeroPoint, .constant([8], 1, .int32), .scale,
        .zeroPoint,
      ]),
      NodeExample([.computed([2, 4]), .scale, .zeroPoint, .constant([4, 8]), .scale, .zeroPoint]),
    ]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    var (a, b) = (try context.input(0), try context.input(3))
    guard context.shape(a).count == 2, context.shape(b).count == 2 else {
      throw .malformed("it multiplies \(context.shape(a)) by \(context.shape(b)), which are not two matrices")
    }
    if try attributes.flag("transA") { a = try context.emit(Transpose([1, 0]), [a], role: "transposedA") }
    if try attributes.flag("transB") { b = try context.emit(Transpose([1, 0]), [b], role: "transposedB") }
    var sum = try context.emit(
      IntegerMatMul(), [a, b, context.optionalInput(2), context.optionalInput(5)], role: "product")
    if let bias = context.optionalInput(6) { sum = try context.emit(Binary(.add), [sum, bias], role: "sum") }
    let alpha = context.addScalar(try attributes.float("alpha", default: 1), .float32, role: "alpha")
    var factor = try context.emit(Binary(.multiply), [alpha, try context.input(1)], role: "scaleOfA")
    factor = try context.emit(Binary(.multiply), [factor, try context.input(4)], role: "scaleOfBoth")
    let scale = context.optionalInput(7)
    if let scale { factor = try context.emit(Binary(.divide), [factor, scale], role: "factor") }
    let number = try context.emit(Cast(to: .float32), [sum], role: "number")
    let result = try context.emit(Binary(.multiply), [number, factor], role: scale == nil ? nil : "scaled")
    guard scale != nil else { return [result] }
    let zeroPoint = context.optionalInput(8)
    let one = context.addScalar(1, .float32, role: "one")
    let scalar = zeroPoint.map(context.type)?.scalar ?? context.type(a).scalar
    return [try context.emit(QuantizeLinear(to: scalar), [result, one, zeroPoint])]
  }
}
