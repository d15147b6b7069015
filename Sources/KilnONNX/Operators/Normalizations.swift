import KilnGraph

/// Normalisations. Batch normalisation is an operator of Kiln's; the others are written out as the sums that ONNX
/// defines them by.
enum NormalizationOperators {
  /// BatchNormalization, versions 6 to 15, in inference mode.
  static let batch: OperatorImporter = { context throws(ImportFailure) in
    let attributes = context.node.attributes
    let trainingReason = "it is in training mode; export the model in evaluation mode"
    if try attributes.flag("training_mode") { throw .unsupported(trainingReason) }
    // Before version 14 the number of results said whether it trains.
    if (1..<5).contains(where: context.node.wantsOutput) { throw .unsupported(trainingReason) }
    let x = try context.input(0)
    var parameters: [ValueID] = []
    for index in 1..<5 { parameters.append(try context.input(index)) }
    let epsilon = try attributes.float("epsilon", default: Double(Float(1e-5)))
    guard try attributes.flag("spatial", default: true) else {
      return [try perElement(&context, x, parameters, epsilon: epsilon)]
    }
    return [try context.emit(BatchNormalization(epsilon: epsilon), [x] + parameters)]
  }

  /// Before version 9, with `spatial` 0: statistics for each element of the batch's items.
  private static func perElement(
    _ context: inout ImportContext, _ x: ValueID, _ parameters: [ValueID], epsilon: Double
  ) throws(ImportFailure) -> ValueID {
    let centred = try context.emit(Binary(.subtract), [x, parameters[2]], role: "centred")
    let deviation = try standardDeviation(&context, ofVariance: parameters[3], epsilon: epsilon)
    let scale = try context.emit(Binary(.divide), [parameters[0], deviation], role: "scale")
    let scaled = try context.emit(Binary(.multiply), [centred, scale], role: "scaled")
    return try context.emit(Binary(.add), [scaled, parameters[1]])
  }

  /// InstanceNormalization, versions 1 to 22: over the spatial axes of each channel.
  static let instance: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let rank = context.shape(x).count
    guard rank > 2 else { throw .malformed("its input \(context.shape(x)) has no spatial axis") }
    let epsilon = try context.node.attributes.float("epsilon", default: Double(Float(1e-5)))
    let (normalized, _, _) = try standardized(&context, x, axes: Array(2..<rank), epsilon: epsilon)
    return [try affine(&context, normalized, channelShape: channelShape(rank: rank))]
  }

  /// GroupNormalization, versions 18 (one scale a group) and 21 (one a channel).
  static let group: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    guard let groups = try context.node.attributes.int("num_groups") else {
      throw .malformed("the attribute num_groups is missing")
    }
    guard shape.count >= 2, groups > 0, shape[1] % groups == 0 else {
      throw .malformed("the \(shape) of its input do not divide into \(groups) groups of channels")
    }
    let epsilon = try context.node.attributes.float("epsilon", default: Double(Float(1e-5)))
    let grouped = [shape[0], groups, shape[1] / groups * shape[2...].reduce(1, *)]
    let split = try context.emit(Reshape(to: grouped), [x], role: "grouped")
    var (result, _, _) = try standardized(&context, split, axes: [2], epsilon: epsilon)
    if context.node.version < 21, context.shape(try context.input(1)) == [groups] {
      result = try affine(&context, result, channelShape: { [1, $0, 1] }, role: "affine")
      return [try context.emit(Reshape(to: shape), [result])]
    }
    result = try context.emit(Reshape(to: shape), [result], role: "ungrouped")
    return [try affine(&context, result, channelShape: channelShape(rank: shape.count))]
  }

  /// LayerNormalization, version 17: over all axes from one on.
  static let layer: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let rank = context.shape(x).count
    let axis = try context.normalized(try context.node.attributes.int("axis", default: -1), rank: rank)
    let epsilon = try context.node.attributes.float("epsilon", default: Double(Float(1e-5)))
    let (normalized, mean, deviation) = try standardized(&context, x, axes: Array(axis..<rank), epsilon: epsilon)
    let result = try affine(&context, normalized, channelShape: nil)
    guard context.node.wantsOutput(1) || context.node.wantsOutput(2) else { return [result] }
    return [result, mean, try context.emit(Unary(.reciprocal), [deviation], role: "inverseDeviation")]
  }

  /// RMSNormalization, version 23: divided by the root of the mean square over all axes from one on.
  static let rootMeanSquare: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let rank = context.shape(x).count
    let axis = try context.normalized(try context.node.attributes.int("axis", default: -1), rank: rank)
    let epsilon = try context.node.attributes.float("epsilon", default: Double(Float(1e-5)))
    let square = try context.emit(Binary(.multiply), [x, x], role: "square")
    let mean = try context.emit(Reduction(.mean, axes: Array(axis..<rank), keepsAxes: true), [square], role: "mean")
    let root = try standardDeviation(&context, ofVariance: mean, epsilon: epsilon)
    let normalized = try context.emit(Binary(.divide), [x, root], role: "normalized")
    return [try context.emit(Binary(.multiply), [normalized, try context.input(1)])]
  }

  /// MeanVarianceNormalization, versions 9 and 13: `(x - mean) / (deviation + 1e-9)`.
  static let meanVariance: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let axes = try context.normalized(
      try context.node.attributes.ints("axes") ?? [0, 2, 3], rank: context.shape(x).count)
    let (centred, _, variance) = try centredWithVariance(&context, x, axes: axes)
    let root = try context.emit(Unary(.squareRoot), [variance], role: "deviation")
    let epsilon = context.addScalar(1e-9, context.type(x).scalar, role: "epsilon")
    let divisor = try context.emit(Binary(.add), [root, epsilon], role: "divisor")
    return [try context.emit(Binary(.divide), [centred, divisor])]
  }

  /// LpNormalization, versions 1 and 22: divided by the norm along one axis.
  static let norm: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let axis = try context.normalized(
      try context.node.attributes.int("axis", default: -1), rank: context.shape(x).count)
    let kind: Reduction.Kind
    switch try context.node.attributes.int("p", default: 2) {
    case 1: kind = .l1
    case 2: kind = .l2
    case let p: throw .malformed("the attribute p is \(p), not 1 or 2")
    }
    let norm = try context.emit(Reduction(kind, axes: [axis], keepsAxes: true), [x], role: "norm")
    return [try context.emit(Binary(.divide), [x, norm])]
  }

  /// LRN, versions 1 and 13: `x / (bias + alpha / size * s) ^ beta`, `s` being the sum of squares over `size` channels
  /// around each, which a pooling of the channels computes; the larger half of an even window lies in front.
  static let localResponse: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    let attributes = context.node.attributes
    guard let size = try attributes.int("size"), (1...1 << 20).contains(size) else {
      throw .malformed("the attribute size is missing or out of range")
    }
    guard shape.count >= 2 else { throw .malformed("its input \(shape) has no channels") }
    let scalar = context.type(x).scalar
    let square = try context.emit(Binary(.multiply), [x, x], role: "square")
    let flat = [shape[0], 1, shape[1], shape[2...].reduce(1, *)]
    let image = try context.emit(Reshape(to: flat), [square], role: "channelsAsRows")
    let window = Window(kernel: [size, 1], padBegin: [(size - 1) / 2, 0], padEnd: [size - 1 - (size - 1) / 2, 0])
    // Dividing by the whole window is what `alpha / size` asks for.
    let means = try context.emit(Pool(.average(countsPadding: true), window: window), [image], role: "window")
    let mean = try context.emit(Reshape(to: shape), [means], role: "mean")
    let alpha = context.addScalar(
      try attributes.float("alpha", default: Double(Float(1e-4))), scalar, role: "alpha")
    let bias = context.addScalar(try attributes.float("bias", default: 1), scalar, role: "bias")
    let beta = context.addScalar(try attributes.float("beta", default: 0.75), scalar, role: "beta")
    let scaled = try context.emit(Binary(.multiply), [mean, alpha], role: "scaled")
    let shifted = try context.emit(Binary(.add), [scaled, bias], role: "shifted")
    let divisor = try context.emit(Binary(.power), [shifted, beta], role: "divisor")
    return [try context.emit(Binary(.divide), [x, divisor])]
  }

  /// `(x - mean) / sqrt(variance + epsilon)` over `axes`, with the mean and the divisor.
  private static func standardized(
    _ context: inout ImportContext, _ x: ValueID, axes: [Int], epsilon: Double
  ) throws(ImportFailure) -> (result: ValueID, mean: ValueID, deviation: ValueID) {
    let (centred, mean, variance) = try centredWithVariance(&context, x, axes: axes)
    let deviation = try standardDeviation(&context, ofVariance: variance, epsilon: epsilon)
    return (try context.emit(Binary(.divide), [centred, deviation], role: "normalized"), mean, deviation)
  }

  private static func centredWithVariance(
    _ context: inout ImportContext, _ x: ValueID, axes: [Int]
  ) throws(ImportFailure) -> (centred: ValueID, mean: ValueID, variance: ValueID) {
    let mean = try context.emit(Reduction(.mean, axes: axes, keepsAxes: true), [x], role: "mean")
    let centred = try context.emit(Binary(.subtract), [x, mean], role: "centred")
    let square = try context.emit(Binary(.multiply), [centred, centred], role: "square")
    let variance = try context.emit(Reduction(.mean, axes: axes, keepsAxes: true), [square], role: "variance")
    return (centred, mean, variance)
  }

  private static func standardDeviation(
    _ context: inout ImportContext, ofVariance variance: ValueID, epsilon: Double
  ) throws(ImportFailure) -> ValueID {
    let constant = context.addScalar(epsilon, context.type(variance).scalar, role: "epsilon")
    let shifted = try context.emit(Binary(.add), [variance, constant], role: "shifted")
    return try context.emit(Unary(.squareRoot), [shifted], role: "deviation")
  }

  /// Multiplies by the operand 1 and adds the operand 2, if there.
  ///
  /// - Parameter channelShape: the dimensions to give a list of so many channels; `nil` to leave the operands alone.
  private static func affine(
    _ context: inout ImportContext, _ x: ValueID, channelShape: ((Int) -> [Int])?, role: String? = nil
  ) throws(ImportFailure) -> ValueID {
    var operands: [ValueID] = []
    for index in 1...2 {
      guard let operand = context.optionalInput(index) else { continue }
      let count = context.shape(operand).reduce(1, *)
      let shape = channelShape.map { $0(count) } ?? context.shape(operand)
      operands.append(try context.reshape(operand, to: shape, role: index == 1 ? "scale" : "shift"))
    }
    guard let scale = operands.first else { throw .malformed("its scale is missing") }
    let hasShift = operands.count == 2
    let scaled = try context.emit(Binary(.multiply), [x, scale], role: hasShift ? "scaled" : role)
    return hasShift ? try context.emit(Binary(.add), [scaled, operands[1]], role: role) : scaled
  }

  private static func channelShape(rank: Int) -> (Int) -> [Int] {
    { [$0] + [Int](repeating: 1, count: rank - 2) }
  }
}
