import KilnGraph

/// Writes operators on quantised numbers with conversions, elementwise arithmetic, and exact integer convolutions and
/// matrix products.
///
/// `QuantizeLinear` becomes `cast(clip(round(x / scale) + zeroPoint))`, where 16-bit integers are exact in float32;
/// `DequantizeLinear` `cast(x - zeroPoint) * scale`; convolutions and matrix products their int32 sums, multiplied by
/// the scales and quantised. The bits are the reference's, but for NaN, which becomes 0 instead of the zero point.
///
/// One scale for a whole tensor of 8 bits stays as it is, for there are kernels for that, and so do scales in blocks that don't
/// divide their axis. Matrices whose zero points differ from matrix to matrix
/// become int32 first.
///
/// Source: ONNX QuantizeLinear 21, DequantizeLinear 21, QLinearConv 10, MatMulInteger 10, QLinearMatMul 21.
package struct SpreadQuantization: Pass {
  package let name = "spread-quantization"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    guard let first = graph.nodeIDs.first else { return }
    var spread = NodeSpread(graph, first)
    for id in graph.nodeIDs {
      spread.id = id
      // What has a kernel of its own stays.
      guard let input = spread.type(0), graph.tensorQuantization(by: id) == nil else { continue }
      switch graph[id].operation {
      case let operation as QuantizeLinear:
        guard input.hasWholeBlocks(of: operation.blockSize, along: operation.axis) else { continue }
        try spread.quantize(operation, input)
      case let operation as DequantizeLinear:
        guard input.hasWholeBlocks(of: operation.blockSize, along: operation.axis) else { continue }
        try spread.dequantize(operation, input)
      case let operation as QuantizedConvolution: try spread.convolve(operation)
      case is IntegerMatMul where !spread.isPlainProduct(leftZero: 2, rightZero: 3):
        spread.replace(with: MatMul(), try spread.differences(left: (0, 2), right: (1, 3)))
      case is QuantizedMatMul: try spread.multiply()
      default: continue
      }
    }
    graph = spread.graph
  }
}

extension TensorType {
  fileprivate func hasWholeBlocks(of size: Int, along axis: Int) -> Bool { size == 0 || shape[axis] % size == 0 }
}

extension NodeSpread {
  fileprivate mutating func quantize(_ operation: QuantizeLinear, _ input: TensorType) throws(PassError) {
    let granularity = Granularity(axis: operation.axis, blockSize: operation.blockSize, shape: input.shape)
    let scale = try float(try parameter(1, granularity, "scale"), "scale.real")
    let quotient = try add(Binary(.divide), "quotient", [try float(operand(0), "input"), scale])
    try finish(quotient, zeroPoint: try optionalParameter(2, granularity, "zeroPoint"), to: operation.scalar)
  }

  fileprivate mutating func dequantize(_ operation: DequantizeLinear, _ input: TensorType) throws(PassError) {
    let granularity = Granularity(axis: operation.axis, blockSize: operation.blockSize, shape: input.shape)
    let scale = try parameter(1, granularity, "scale")
    let zeroPoint = try optionalParameter(2, granularity, "zeroPoint")
    let scalar = graph.type(of: scale).scalar
    // Differences of 16 bits, and their products in the end, are rounded once in float32.
    let isNarrow = scalar == .float32 && input.scalar != .int32
    let (whole, real): (ScalarType, ScalarType) = isNarrow ? (.int32, .float32) : (.int64, .float64)
    let difference = try difference(operand(0), zeroPoint, as: whole, "difference")
    let factors = [
      try add(Cast(to: real), "real", [difference]), scalar == real ? scale : try add(Cast(to: real), "wide", [scale]),
    ]
    if scalar == real { return replace(with: Binary(.multiply), factors) }
    replace(with: Cast(to: scalar), [try add(Binary(.multiply), "product", factors)])
  }

  fileprivate mutating func convolve(_ operation: QuantizedConvolution) throws(PassError) {
    let weight = graph.type(of: operand(3)).shape
    let channels = [weight[0]] + Array(repeating: 1, count: weight.count - 2)
    func aligned(_ value: ValueID) -> [Int] { graph.type(of: value).elementCount == 1 ? [] : channels }
    var sums = try add(
      IntegerConvolution(window: operation.window, groups: operation.groups), "sums",
      [operand(0), operand(3), optionalOperand(2), optionalOperand(5)])
    if let bias = optionalOperand(8) {
      sums = try add(Binary(.add), "biased", [sums, try reshape(bias, to: channels, "bias")])
    }
    let scale = try reshape(operand(4), to: aligned(operand(4)), "weightScale")
    try requantize(
      sums, left: try reshape(operand(1), to: [], "inputScale"), right: scale,
      result: try reshape(operand(6), to: [], "scale"), zeroPoint: try reshape(operand(7), to: [], "zeroPoint"))
  }

  /// Whether zero points are one number for all matrices, or one per row or column of each.
  fileprivate func isPlainProduct(leftZero: Int, rightZero: Int) -> Bool {
    [leftZero, rightZero].allSatisfy { index in type(index).map { $0.rank <= 1 } ?? true }
  }

  fileprivate mutating func multiply() throws(PassError) {
    let sums =
      isPlainProduct(leftZero: 2, rightZero: 5)
      ? try add(IntegerMatMul(), "sums", [operand(0), operand(3), optionalOperand(2), optionalOperand(5)])
      : try add(MatMul(), "sums", try differences(left: (0, 2), right: (3, 5)))
    try requantize(
      sums, left: try row(operand(1), "leftScale"), right: try column(operand(4), "rightScale"),
      result: try row(operand(6), "scale"), zeroPoint: try row(operand(7), "zeroPoint"))
  }

  /// The matrices, of int32, without their zero points.
  fileprivate mutating func differences(
    left: (matrix: Int, zeroPoint: Int), right: (matrix: Int, zeroPoint: Int)
  ) throws(PassError) -> [ValueID?] {
    var zeroPoints: (ValueID?, ValueID?)
    if let zeroPoint = optionalOperand(left.zeroPoint) { zeroPoints.0 = try row(zeroPoint, "leftZero") }
    if let zeroPoint = optionalOperand(right.zeroPoint) { zeroPoints.1 = try column(zeroPoint, "rightZero") }
    return [
      try difference(operand(left.matrix), zeroPoints.0, as: .int32, "left"),
      try difference(operand(right.matrix), zeroPoints.1, as: .int32, "right"),
    ]
  }

  /// A parameter with a number a row of a matrix, as it broadcasts.
  private mutating func row(_ value: ValueID, _ suffix: String) throws(PassError) -> ValueID {
    let type = graph.type(of: value)
    if type.elementCount == 1 { return try reshape(value, to: [], suffix) }
    return type.rank == 1 ? try reshape(value, to: type.shape + [1], suffix) : value
  }

  /// A parameter with a number a column of a matrix, as it broadcasts.
  private mutating func column(_ value: ValueID, _ suffix: String) throws(PassError) -> ValueID {
    graph.type(of: value).elementCount == 1 ? try reshape(value, to: [], suffix) : value
  }

  /// Ends with int32 sums times `left * right / result`, quantised.
  private mutating func requantize(
    _ sums: ValueID, left: ValueID, right: ValueID, result: ValueID, zeroPoint: ValueID
  ) throws(PassError) {
    let scales = [try float(left, "left.real"), try float(right, "right.real"), try float(result, "result.real")]
    let product = try add(Binary(.multiply), "scales", [scales[0], scales[1]])
    let multiplier = try add(Binary(.divide), "multiplier", [product, scales[2]])
    let real = try add(Binary(.multiply), "scaled", [try float(sums, "sums.real"), multiplier])
    try finish(real, zeroPoint: zeroPoint, to: graph.type(of: zeroPoint).scalar)
  }

  /// Ends with the integer of a quotient with its zero point, limited to a type's range.
  private mutating func finish(
    _ quotient: ValueID, zeroPoint: ValueID?, to scalar: ScalarType
  ) throws(PassError) {
    var result = try add(Unary(.round), "result.rounded", [quotient])
    if let zeroPoint {
      result = try add(Binary(.add), "result.shifted", [result, try float(zeroPoint, "result.zero")])
    }
    // Truncating what no integer type holds limits it.
    let limits = Tensor(shape: [2], doubles: [-.infinity, .infinity], as: scalar).doubles()
    let clipped = try add(Unary(.clip(lower: limits[0], upper: limits[1])), "result.clipped", [result])
    replace(with: Cast(to: scalar), [clipped])
  }

  private mutating func difference(
    _ value: ValueID, _ zeroPoint: ValueID?, as scalar: ScalarType, _ suffix: String
  ) throws(PassError) -> ValueID {
    let wide = try add(Cast(to: scalar), "\(suffix).wide", [value])
    guard let zeroPoint else { return wide }
    return try add(Binary(.subtract), suffix, [wide, try add(Cast(to: scalar), "\(suffix).zero", [zeroPoint])])
  }
}
