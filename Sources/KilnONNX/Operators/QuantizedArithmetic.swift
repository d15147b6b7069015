import KilnGraph

/// ONNX Runtime's operators on quantised numbers (domain com.microsoft).
///
/// Each makes its operands real, computes in float32, and quantises the result, which is what ONNX Runtime defines them
/// by.
enum QuantizedArithmeticOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    binary("QLinearAdd", .add),
    averagePool,
    concat,
    globalAveragePool,
    leakyRelu,
    maximumPool,
    binary("QLinearMul", .multiply),
    sigmoid,
    softmax,
  ]

  /// QLinearAdd and QLinearMul.
  ///
  /// Operands: A, its scale and zero point; B likewise; the result's scale and zero point.
  static func binary(_ name: String, _ function: Binary.Function) -> OperatorImporter {
    OperatorImporter(
      name, domain: OperatorSetID.microsoftDomain, since: [1],
      examples: [
        NodeExample([.computed(), .scale, .zeroPoint, .computed(), .scale, .zeroPoint, .scale, .zeroPoint])
      ]
    ) { context throws(ImportFailure) in
      let a = try real(&context, 0, role: "realA")
      let b = try real(&context, 3, role: "realB")
      let result = try context.emit(Binary(function), [a, b], role: "real")
      return [try quantized(&context, result, scale: 6)]
    }
  }

  static let sigmoid = OperatorImporter(
    "QLinearSigmoid", domain: OperatorSetID.microsoftDomain, since: [1], examples: mappedExamples
  ) { context throws(ImportFailure) in
    try mapped(&context) { _ throws(ImportFailure) in Unary(.sigmoid) }
  }

  static let leakyRelu = OperatorImporter(
    "QLinearLeakyRelu", domain: OperatorSetID.microsoftDomain, since: [1], attributes: [.float("alpha")],
    examples: mappedExamples
  ) { context throws(ImportFailure) in
    try mapped(&context) { context throws(ImportFailure) in
      Unary(.leakyReLU(slope: try context.node.attributes.float("alpha", default: Double(Float(0.01)))))
    }
  }

  /// QLinearAveragePool.
  static let averagePool = OperatorImporter(
    "QLinearAveragePool", domain: OperatorSetID.microsoftDomain, since: [1],
    attributes: PoolingOperators.attributes + [.int("count_include_pad"), QuantizationOperators.channelsLast],
    examples: [
      NodeExample([.computed(), .scale, .zeroPoint, .scale, .zeroPoint], [.ints("kernel_shape", [2, 2])])
    ]
  ) { context throws(ImportFailure) in
    try QuantizationOperators.channelsFirst(&context) { context throws(ImportFailure) in
      try mapped(&context) { context throws(ImportFailure) in
        let countsPadding = try context.node.attributes.flag("count_include_pad")
        return try PoolingOperators.pool(context, .average(countsPadding: countsPadding))
      }
    }
  }

  /// QLinearGlobalAveragePool.
  static let globalAveragePool = OperatorImporter(
    "QLinearGlobalAveragePool", domain: OperatorSetID.microsoftDomain, since: [1],
    attributes: [QuantizationOperators.channelsLast], examples: mappedExamples
  ) { context throws(ImportFailure) in
    try QuantizationOperators.channelsFirst(&context) { context throws(ImportFailure) in
      try mapped(&context) { context throws(ImportFailure) in try PoolingOperators.global(context, .mean) }
    }
  }

  /// NhwcMaxPool: MaxPool of quantised numbers with channels last.
  static let maximumPool = OperatorImporter(
    "NhwcMaxPool", domain: OperatorSetID.microsoftDomain, since: [1], attributes: PoolingOperators.attributes,
    examples: [NodeExample([.computed()], [.ints("kernel_shape", [2, 2])])]
  ) { context throws(ImportFailure) in
    try QuantizationOperators.movingChannels(&context) { context throws(ImportFailure) in
      [try context.emit(try PoolingOperators.pool(context, .maximum), [try context.input(0)])]
    }
  }

  /// QLinearSoftmax over one axis; the attribute `opset` says whose Softmax it is.
  static let softmax = OperatorImporter(
    "QLinearSoftmax", domain: OperatorSetID.microsoftDomain, since: [1],
    attributes: [.int("axis"), .int("opset")], limits: ["it normalises one axis"], examples: mappedExamples
  ) { context throws(ImportFailure) in
    try mapped(&context) { context throws(ImportFailure) in
      let shape = context.shape(try context.input(0))
      let attributes = context.node.attributes
      let axis = try context.normalized(try attributes.int("axis", default: -1), rank: shape.count)
      guard try attributes.int("opset", default: 13) >= 13 || shape[(axis + 1)...].allSatisfy({ $0 == 1 }) else {
        throw .unsupported("it normalises several axes together; convert the model to opset 13")
      }
      return Softmax(axis: axis)
    }
  }

  /// QLinearConcat.
  ///
  /// Operands: the result's scale and zero point, then each tensor with its own.
  static let concat = OperatorImporter(
    "QLinearConcat", domain: OperatorSetID.microsoftDomain, since: [1], attributes: [.int("axis")],
    examples: [
      NodeExample(
        [.scale, .zeroPoint, .computed(), .scale, .zeroPoint, .computed(), .scale, .zeroPoint], [.int("axis", 1)])
    ]
  ) { context throws(ImportFailure) in
    guard context.node.inputs.count >= 5, (context.node.inputs.count - 2) % 3 == 0 else {
      throw .malformed("it has \(context.node.inputs.count) inputs")
    }
    var parts: [ValueID?] = []
    for first in stride(from: 2, to: context.node.inputs.count, by: 3) {
      parts.append(try real(&context, first, role: "real\(first / 3)"))
    }
    guard let axis = try context.node.attributes.int("axis") else { throw .malformed("the attribute axis is missing") }
    let rank = context.shape(try context.input(2)).count
    let joined = try context.emit(Concat(axis: try context.normalized(axis, rank: rank)), parts, role: "real")
    return [try quantized(&context, joined, scale: 0)]
  }

  private static let mappedExamples = [NodeExample([.computed(), .scale, .zeroPoint, .scale, .zeroPoint])]

  /// The importer's work for an operator of one tensor: operands X, its scale and zero point, the result's.
  private static func mapped(
    _ context: inout ImportContext, _ operation: (ImportContext) throws(ImportFailure) -> any Operator
  ) throws(ImportFailure) -> [ValueID?] {
    let x = try real(&context, 0, role: "realX")
    let result = try context.emit(try operation(context), [x], role: "real")
    return [try quantized(&context, result, scale: 3)]
  }

  /// The operand `index` as real numbers; its scale and zero point follow it.
  private static func real(
    _ context: inout ImportContext, _ index: Int, role: String
  ) throws(ImportFailure) -> ValueID {
    let operands = [try context.input(index), try context.input(index + 1), context.optionalInput(index + 2)]
    return try context.emit(DequantizeLinear(axis: 0), operands, role: role)
  }

  /// The result, quantised by the operand `scale` and the zero point that follows it.
  private static func quantized(
    _ context: inout ImportContext, _ x: ValueID, scale: Int
  ) throws(ImportFailure) -> ValueID {
    let zeroPoint = context.optionalInput(scale + 1)
    // Without a zero point the result has the type of the first quantised operand.
    var like = try context.input(scale == 0 ? 2 : 0)
    if let zeroPoint { like = zeroPoint }
    let operation = QuantizeLinear(to: context.type(like).scalar, axis: 0)
    return try context.emit(operation, [x, try context.input(scale), zeroPoint])
  }
}
