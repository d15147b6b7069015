import KilnGraph

/// Quantised networks: conversions, and products of quantised numbers.
enum QuantizationOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    integerConvolution,
    dequantize(),
    dynamicQuantize,
    integerMatMul,
    quantizedConvolution,
    quantizedMatMul,
    quantize(),
    dequantize(domain: OperatorSetID.microsoftDomain),
    microsoftConvolution,
    quantize(domain: OperatorSetID.microsoftDomain),
  ]

  /// QuantizeLinear, and com.microsoft's.
  static func quantize(domain: String = OperatorSetID.standardDomain) -> OperatorImporter {
    OperatorImporter(
      "QuantizeLinear", domain: domain, since: domain == OperatorSetID.standardDomain ? [21, 19, 13, 10] : [1],
      attributes: [.int("axis"), .int("block_size"), .int("output_dtype"), .int("saturate")],
      ignoring: ["precision"],
      examples: [
        NodeExample([.computed(), .constant([4], 0.5), .constant([4], 0, .int8)], [.int("axis", 1)]),
        NodeExample([.computed(), .scale, .constant([], 0, .int8)]),
      ]
    ) { context throws(ImportFailure) in
      let x = try context.input(0)
      let scale = try context.input(1)
      let zeroPoint = context.optionalInput(2)
      let attributes = context.node.attributes
      var scalar = zeroPoint.map { context.type($0).scalar } ?? .uint8
      var narrow = zeroPoint.flatMap { context.narrowTypes[$0] }
      if let type = try attributes.int("output_dtype"), type != 0 {
        narrow = NarrowElementType(dataType: type)
        scalar = try ScalarType(widening: type)
      }
      let blockSize = try attributes.int("block_size", default: 0)
      let saturates = try attributes.int("saturate", default: 1) != 0
      guard let integers = narrow.map(\.integers) ?? Int.min...Int.max else {
        return [
          try narrowFloats(&context, x, scale, zeroPoint, narrow, blockSize: blockSize, saturates: saturates)
        ]
      }
      let operation = QuantizeLinear(to: scalar, axis: try axis(context, x, scale), blockSize: blockSize)
      let operands = [x, scale] + (zeroPoint.map { [$0] } ?? [])
      guard narrow != nil else { return [try context.emit(operation, operands)] }
      // A type of less bits: the same numbers in a wider one.
      let whole = try context.emit(operation, operands, role: "whole")
      let limit = ScalarFunction.clip(lower: Double(integers.lowerBound), upper: Double(integers.upperBound))
      let result = try context.emit(Unary(limit), [whole])
      context.narrowTypes[result] = narrow
      return [result]
    }
  }

  /// Quotients rounded to floating-point numbers of few bits.
  private static func narrowFloats(
    _ context: inout ImportContext, _ x: ValueID, _ scale: ValueID, _ zeroPoint: ValueID?, _ type: NarrowElementType?,
    blockSize: Int, saturates: Bool
  ) throws(ImportFailure) -> ValueID {
    guard let type else { throw .malformed("its result has no type") }
    var operands: [ValueID] = []
    for (operand, role) in [(x, "x"), (scale, "scale"), (zeroPoint, "zeroPoint")] {
      guard let operand else { continue }
      let isSingle = context.type(operand).scalar == .float32
      let single = isSingle ? operand : try context.emit(Cast(to: .float32), [operand], role: "\(role)/wide")
      operands.append(
        operand == x ? single : try beside(&context, x, single, scale, blockSize: blockSize, role: role))
    }
    var result = try context.emit(Binary(.divide), Array(operands.prefix(2)), role: "quotient")
    if operands.count > 2 { result = try context.emit(Binary(.add), [result, operands[2]], role: "sum") }
    return try NarrowConversion(to: type, saturates: saturates).apply(to: result, &context)
  }

  /// A scale or zero point with axes that it is repeated along beside `x`.
  private static func beside(
    _ context: inout ImportContext, _ x: ValueID, _ parameter: ValueID, _ scale: ValueID, blockSize: Int, role: String
  ) throws(ImportFailure) -> ValueID {
    guard blockSize == 0 else {
      throw .unsupported("blocks of floats of 8 bits or less have no kernel; quantise them to int8")
    }
    let count = context.type(parameter).elementCount
    let axis = try axis(context, x, scale)
    var shape = context.shape(x).map { _ in 1 }
    if count != 1 {
      // Beside one scale for all, the axis may be one that a scalar doesn't have.
      guard axis < shape.count, context.shape(x)[axis] == count else {
        throw .malformed("its \(role) doesn't fit axis \(axis)")
      }
      shape[axis] = count
    }
    return try context.reshape(parameter, to: shape, role: "\(role)/axes")
  }

  /// DequantizeLinear, and com.microsoft's.
  static func dequantize(domain: String = OperatorSetID.standardDomain) -> OperatorImporter {
    OperatorImporter(
      "DequantizeLinear", domain: domain, since: domain == OperatorSetID.standardDomain ? [23, 21, 13, 10] : [1],
      attributes: [.int("axis"), .int("block_size"), .int("output_dtype")],
      examples: [NodeExample([.computed(), .constant([4], 0.5, .float32), .constant([4], 0)], [.int("axis", 1)])]
    ) { context throws(ImportFailure) in
      let x = try context.input(0)
      let scale = try context.input(1)
      let attributes = context.node.attributes
      let blockSize = try attributes.int("block_size", default: 0)
      if context.type(x).scalar.isFloatingPoint, context.constant(x) == nil {
        return [try scaledFloats(&context, x, scale, context.optionalInput(2), blockSize: blockSize)]
      }
      let operation = DequantizeLinear(axis: try axis(context, x, scale), blockSize: blockSize)
      let operands = [x, scale] + (context.optionalInput(2).map { [$0] } ?? [])
      guard let type = try attributes.int("output_dtype"), type != 0 else {
        return [try context.emit(operation, operands)]
      }
      let scalar = try ScalarType(dataType: type)
      guard scalar != context.type(scale).scalar else { return [try context.emit(operation, operands)] }
      return [try context.emit(Cast(to: scalar), [try context.emit(operation, operands, role: "real")])]
    }
  }

  /// Computed floating-point numbers of few bits times a scale.
  private static func scaledFloats(
    _ context: inout ImportContext, _ x: ValueID, _ scale: ValueID, _ zeroPoint: ValueID?, blockSize: Int
  ) throws(ImportFailure) -> ValueID {
    let type = try context.node.attributes.int("output_dtype", default: 0)
    let scalar = type == 0 ? context.type(scale).scalar : try ScalarType(dataType: type)
    var factors = x
    if let zeroPoint {
      let zero = try beside(&context, x, zeroPoint, scale, blockSize: blockSize, role: "zeroPoint")
      factors = try context.emit(Binary(.subtract), [x, zero], role: "difference")
    }
    var operands = [factors, try beside(&context, x, scale, scale, blockSize: blockSize, role: "scale")]
    for (index, role) in ["wide", "scale/wide"].enumerated() where context.type(operands[index]).scalar != scalar {
      operands[index] = try context.emit(Cast(to: scalar), [operands[index]], role: role)
    }
    return try context.emit(Binary(.multiply), operands)
  }

  /// The axis along which scales differ.
  ///
  /// One scale for all has none, whatever the attribute says.
  private static func axis(_ context: ImportContext, _ x: ValueID, _ scale: ValueID) throws(ImportFailure) -> Int {
    guard context.shape(scale).count > 0, context.type(scale).elementCount != 1 else { return 0 }
    return try context.normalized(try context.node.attributes.int("axis", default: 1), rank: context.shape(x).count)
  }

  static let dynamicQuantize = OperatorImporter(
    "DynamicQuantizeLinear", since: [11], examples: [NodeExample([.computed()], outputs: 3)]
  ) { context throws(ImportFailure) in
    try context.emitAll(DynamicQuantizeLinear(), [try context.input(0)])
  }

  static let integerConvolution = OperatorImporter(
    "ConvInteger", since: [10], attributes: ConvolutionOperators.attributes,
    examples: [NodeExample([.computed(), .constant([8, 4, 3, 3])])]
  ) { context throws(ImportFailure) in
    let (window, groups) = try ConvolutionOperators.geometry(context, input: 0, weight: 1)
    return [try context.emit(IntegerConvolution(window: window, groups: groups), operands(context))]
  }

  static let quantizedConvolution = OperatorImporter(
    "QLinearConv", since: [10], attributes: ConvolutionOperators.attributes, examples: convolutionExamples
  ) { context throws(ImportFailure) in
    [try quantizedConvolution(&context)]
  }

  /// com.microsoft's QLinearConv; its weights have channels before the spatial axes whatever the image has.
  static let microsoftConvolution = OperatorImporter(
    "QLinearConv", domain: OperatorSetID.microsoftDomain, since: [1],
    attributes: ConvolutionOperators.attributes + [channelsLast], examples: convolutionExamples
  ) { context throws(ImportFailure) in
    try channelsFirst(&context) { context throws(ImportFailure) in [try quantizedConvolution(&context)] }
  }

  private static let convolutionExamples = [
    NodeExample([
      .computed(), .scale, .zeroPoint, .constant([8, 4, 3, 3]), .scale, .zeroPoint, .scale, .zeroPoint,
    ])
  ]

  private static func quantizedConvolution(_ context: inout ImportContext) throws(ImportFailure) -> ValueID {
    let (window, groups) = try ConvolutionOperators.geometry(context, input: 0, weight: 3)
    return try context.emit(QuantizedConvolution(window: window, groups: groups), operands(context))
  }

  static let integerMatMul = OperatorImporter(
    "MatMulInteger", since: [10], examples: [NodeExample([.computed([2, 4]), .constant([4, 8])])]
  ) { context throws(ImportFailure) in
    [try context.emit(IntegerMatMul(), operands(context))]
  }

  static let quantizedMatMul = OperatorImporter(
    "QLinearMatMul", since: [10],
    examples: [
      NodeExample([
        .computed([2, 4]), .scale, .zeroPoint, .constant([4, 8]), .scale, .zeroPoint, .scale, .zeroPoint,
      ])
    ]
  ) { context throws(ImportFailure) in
    [try context.emit(QuantizedMatMul(), operands(context))]
  }

  /// The node's operands, without trailing ones that are left out.
  private static func operands(_ context: ImportContext) -> [ValueID?] {
    var operands = Array(context.node.inputs)
    while let last = operands.last, last == nil { operands.removeLast() }
    return operands
  }

  /// The attribute `channels_last` of com.microsoft's operators.
  static let channelsLast = OperatorAttribute.int("channels_last")

  /// The results of a node that may have channels last, in its image and in its result: `body` sees them first.
  static func channelsFirst(
    _ context: inout ImportContext, _ body: (inout ImportContext) throws(ImportFailure) -> [ValueID?]
  ) throws(ImportFailure) -> [ValueID?] {
    try context.node.attributes.flag("channels_last") ? try movingChannels(&context, body) : try body(&context)
  }

  /// The results of a node whose image and result have channels last, which `body` sees first.
  static func movingChannels(
    _ context: inout ImportContext, _ body: (inout ImportContext) throws(ImportFailure) -> [ValueID?]
  ) throws(ImportFailure) -> [ValueID?] {
    let x = try context.input(0)
    let rank = context.shape(x).count
    guard rank > 1 else { throw .malformed("its input \(context.shape(x)) has no channels") }
    let toFirst = [0, rank - 1] + (1..<rank - 1)
    let image = try context.emit(Transpose(toFirst), [x], role: "channelsFirst")
    let node = context.node
    context.node = node.reading(image, role: "image")
    let results = try body(&context)
    context.node = node
    guard let result = results.first, let result else { return results }
    guard context.shape(result).count == rank else { throw .malformed("its result has other axes than its input") }
    return [try context.emit(Transpose([0] + (2..<rank) + [1]), [result])]
  }
}
