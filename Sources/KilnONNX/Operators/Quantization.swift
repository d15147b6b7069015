import KilnGraph

/// Quantised networks: conversions, and products of quantised numbers.
enum QuantizationOperators {
  /// QuantizeLinear, versions 10 to 25, and com.microsoft's.
  static let quantize: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let scale = try context.input(1)
    let zeroPoint = context.optionalInput(2)
    let attributes = context.node.attributes
    var scalar = zeroPoint.map { context.type($0).scalar } ?? .uint8
    if let type = try attributes.int("output_dtype"), type != 0 {
      scalar = try ScalarType(dataType: type)
    }
    let operation = QuantizeLinear(
      to: scalar, axis: try axis(context, x, scale), blockSize: try attributes.int("block_size", default: 0))
    return [try context.emit(operation, [x, scale] + (zeroPoint.map { [$0] } ?? []))]
  }

  /// DequantizeLinear, versions 10 to 25, and com.microsoft's.
  static let dequantize: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let scale = try context.input(1)
    let attributes = context.node.attributes
    let operation = DequantizeLinear(
      axis: try axis(context, x, scale), blockSize: try attributes.int("block_size", default: 0))
    let operands = [x, scale] + (context.optionalInput(2).map { [$0] } ?? [])
    guard let type = try attributes.int("output_dtype"), type != 0 else {
      return [try context.emit(operation, operands)]
    }
    let scalar = try ScalarType(dataType: type)
    guard scalar != context.type(scale).scalar else { return [try context.emit(operation, operands)] }
    return [try context.emit(Cast(to: scalar), [try context.emit(operation, operands, role: "real")])]
  }

  /// The axis along which scales differ. One scale for all has none, whatever the attribute says.
  private static func axis(_ context: ImportContext, _ x: ValueID, _ scale: ValueID) throws(ImportFailure) -> Int {
    guard context.shape(scale).count > 0, context.type(scale).elementCount != 1 else { return 0 }
    return try context.normalized(try context.node.attributes.int("axis", default: 1), rank: context.shape(x).count)
  }

  /// DynamicQuantizeLinear, version 11.
  static let dynamicQuantize: OperatorImporter = { context throws(ImportFailure) in
    try context.emitAll(DynamicQuantizeLinear(), [try context.input(0)])
  }

  /// ConvInteger, version 10.
  static let integerConvolution: OperatorImporter = { context throws(ImportFailure) in
    let (window, groups) = try ConvolutionOperators.geometry(context, input: 0, weight: 1)
    return [try context.emit(IntegerConvolution(window: window, groups: groups), operands(context))]
  }

  /// QLinearConv, version 10, and com.microsoft's with channels in front.
  static let quantizedConvolution: OperatorImporter = { context throws(ImportFailure) in
    try requireChannelsFirst(context)
    let (window, groups) = try ConvolutionOperators.geometry(context, input: 0, weight: 3)
    return [try context.emit(QuantizedConvolution(window: window, groups: groups), operands(context))]
  }

  /// MatMulInteger, version 10.
  static let integerMatMul: OperatorImporter = { context throws(ImportFailure) in
    [try context.emit(IntegerMatMul(), operands(context))]
  }

  /// QLinearMatMul, versions 10 and 21.
  static let quantizedMatMul: OperatorImporter = { context throws(ImportFailure) in
    [try context.emit(QuantizedMatMul(), operands(context))]
  }

  /// The node's operands, without trailing ones that are left out.
  private static func operands(_ context: ImportContext) -> [ValueID?] {
    var operands = Array(context.node.inputs)
    while let last = operands.last, last == nil { operands.removeLast() }
    return operands
  }

  /// Throws when the attribute `channels_last` of com.microsoft's operators is set.
  static func requireChannelsFirst(_ context: ImportContext) throws(ImportFailure) {
    if try context.node.attributes.flag("channels_last") {
      throw .unsupported("it has channels last; quantise the model with channels first")
    }
  }
}
