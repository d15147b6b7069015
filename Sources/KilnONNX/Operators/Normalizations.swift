import KilnGraph

/// Normalisations.
enum NormalizationOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    batch, group, instance, localResponse, layer, norm, meanVariance, rootMeanSquare,
  ]

  /// BatchNormalization in inference mode, and in training mode: with the statistics of its own operand.
  static let batch = OperatorImporter(
    "BatchNormalization", since: [14, 9, 6],
    attributes: [
      .float("epsilon"), .float("momentum"), .int("training_mode"), .int("spatial"),
    ],
    ignoring: ["is_test"],
    examples: [
      NodeExample([.computed(), .constant([4]), .constant([4]), .constant([4]), .constant([4])]),
      NodeExample(
        [.constant([2, 4, 3]), .constant([4]), .constant([4]), .constant([4]), .constant([4])],
        [.int("training_mode", 1)]),
    ]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    let x = try context.input(0)
    var parameters: [ValueID] = []
    for index in 1..<5 { parameters.append(try context.input(index)) }
    let epsilon = try attributes.float("epsilon", default: Double(Float(1e-5)))
    // Before version 14 the number of results said whether it trains.
    if try attributes.flag("training_mode") || (1..<5).contains(where: context.node.wantsOutput) {
      return try training(&context, x, parameters, epsilon: epsilon)
    }
    guard try attributes.flag("spatial", default: true) else {
      return [try perElement(&context, x, parameters, epsilon: epsilon)]
    }
    return [try context.emit(BatchNormalization(epsilon: epsilon), [x] + parameters)]
  }

  /// In training mode: normalised by its own mean and variance.
  ///
  /// The other results are the running statistics, and, before version 14, the operand's own.
  private static func training(
    _ context: inout ImportContext, _ x: ValueID, _ parameters: [ValueID], epsilon: Double
  ) throws(ImportFailure) -> [ValueID] {
    let rank = context.shape(x).count
    guard rank >= 2 else { throw .malformed("its input \(context.shape(x)) has no channel axis") }
    let others = Reduction(.mean, axes: [0] + Array(2..<rank), keepsAxes: true)
    let channels = [context.shape(x)[1]]
    let mean = try context.emit(others, [x], role: "mean")
    let centred = try context.emit(Binary(.subtract), [x, mean], role: "centred")
    let square = try context.emit(Binary(.multiply), [centred, centred], role: "square")
    let variance = try context.emit(others, [square], role: "variance")
    let own = [
      try context.reshape(mean, to: channels, role: "ownMean"),
      try context.reshape(variance, to: channels, role: "ownVariance"),
    ]
    // Of constants, which is how networks without batch normalisation standardise their weights, it is computed at once.
    let isKnown = ([x] + parameters).allSatisfy { context.constant($0) != nil }
    let result =
      isKnown
      ? try context.emit(BatchNormalization(epsilon: epsilon), [x] + parameters[..<2] + own)
      : try normalized(&context, centred, variance, parameters, epsilon: epsilon)
    let momentum = try context.node.attributes.float("momentum", default: Double(Float(0.9)))
    var running: [ValueID] = []
    for (old, new) in zip(parameters[2...], own) {
      let kept = context.addScalar(momentum, context.type(old).scalar, role: "momentum")
      let taken = context.addScalar(1 - momentum, context.type(new).scalar, role: "rest")
      let terms = [
        try context.emit(Binary(.multiply), [old, kept], role: "kept"),
        try context.emit(Binary(.multiply), [new, taken], role: "taken"),
      ]
      running.append(try context.emit(Binary(.add), terms, role: "running"))
    }
    return [result] + running + own
  }

  /// `centred / sqrt(variance + epsilon) * scale + bias`, with a scale and a bias for each channel.
  private static func normalized(
    _ context: inout ImportContext, _ centred: ValueID, _ variance: ValueID, _ parameters: [ValueID], epsilon: Double
  ) throws(ImportFailure) -> ValueID {
    let column = context.shape(variance).dropFirst()
    let deviation = try standardDeviation(&context, ofVariance: variance, epsilon: epsilon)
    let scale = try context.reshape(parameters[0], to: Array(column), role: "scaleColumn")
    let factor = try context.emit(Binary(.divide), [scale, deviation], role: "factor")
    let scaled = try context.emit(Binary(.multiply), [centred, factor], role: "scaled")
    let shift = try context.reshape(parameters[1], to: Array(column), role: "shiftColumn")
    return try context.emit(Binary(.add), [scaled, shift])
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

  /// InstanceNormalization: a group for each channel.
  static let instance = OperatorImporter(
    "InstanceNormalization", since: [6], attributes: [.float("epsilon")],
    examples: [NodeExample([.computed(), .constant([4]), .constant([4])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    guard context.shape(x).count > 2 else { throw .malformed("its input \(context.shape(x)) has no spatial axis") }
    let epsilon = try context.node.attributes.float("epsilon", default: Double(Float(1e-5)))
    let operation = GroupNormalization(groups: context.shape(x)[1], epsilon: epsilon)
    return [try context.emit(operation, [x, try context.input(1), try context.input(2)])]
  }

  /// GroupNormalization, before version 21 with one scale a group, repeated over the group's channels here.
  static let group = OperatorImporter(
    "GroupNormalization", since: [21, 18], attributes: [.int("num_groups"), .float("epsilon")],
    ignoring: ["stash_type"],
    examples: [
      NodeExample(since: 21, [.computed(), .constant([4]), .constant([4])], [.int("num_groups", 2)]),
      NodeExample([.computed(), .constant([2]), .constant([2])], [.int("num_groups", 2)]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    guard let groups = try context.node.attributes.int("num_groups") else {
      throw .malformed("the attribute num_groups is missing")
    }
    guard shape.count >= 2, groups > 0, shape[1] % groups == 0 else {
      throw .malformed("the channels of its input \(shape) do not divide into \(groups) groups")
    }
    var parameters = [try context.input(1), try context.input(2)]
    if !context.node.isSince(21) {
      for (index, parameter) in parameters.enumerated() where context.shape(parameter) == [groups] {
        let role = index == 0 ? "scale" : "shift"
        let column = try context.emit(Reshape(to: [groups, 1]), [parameter], role: "\(role)Column")
        let repeated = try context.emit(Expand(to: [groups, shape[1] / groups]), [column], role: "\(role)Repeated")
        parameters[index] = try context.emit(Reshape(to: [shape[1]]), [repeated], role: role)
      }
    }
    let epsilon = try context.node.attributes.float("epsilon", default: Double(Float(1e-5)))
    return [try context.emit(GroupNormalization(groups: groups, epsilon: epsilon), [x] + parameters)]
  }

  static let layer = OperatorImporter(
    "LayerNormalization", since: [17], attributes: [.int("axis"), .float("epsilon")], ignoring: ["stash_type"],
    examples: [NodeExample([.computed(), .constant([6]), .constant([6])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let operation = LayerNormalization(
      axis: try context.normalized(try attributes.int("axis", default: -1), rank: context.shape(x).count),
      epsilon: try attributes.float("epsilon", default: Double(Float(1e-5))),
      givesStatistics: context.node.wantsOutput(1) || context.node.wantsOutput(2))
    return try context.emitAll(operation, [x, try context.input(1), context.optionalInput(2)])
  }

  /// RMSNormalization: divided by the root of the mean square over all axes from one on.
  static let rootMeanSquare = OperatorImporter(
    "RMSNormalization", since: [23], attributes: [.int("axis"), .float("epsilon")], ignoring: ["stash_type"],
    examples: [NodeExample([.computed(), .constant([6])])]
  ) { context throws(ImportFailure) in
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

  static let meanVariance = OperatorImporter(
    "MeanVarianceNormalization", since: [9], attributes: [.ints("axes")]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let axes = try context.node.attributes.ints("axes") ?? [0, 2, 3]
    let operation = MeanVarianceNormalization(axes: try context.normalized(axes, rank: context.shape(x).count))
    return [try context.emit(operation, [x])]
  }

  static let norm = OperatorImporter(
    "LpNormalization", since: [1], attributes: [.int("axis"), .int("p")]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let axis = try context.normalized(try attributes.int("axis", default: -1), rank: context.shape(x).count)
    return [try context.emit(LpNormalization(axis: axis, p: try attributes.int("p", default: 2)), [x])]
  }

  static let localResponse = OperatorImporter(
    "LRN", since: [1], attributes: [.int("size"), .float("alpha"), .float("beta"), .float("bias")],
    examples: [NodeExample([.computed()], [.int("size", 3)])]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    guard let size = try attributes.int("size") else { throw .malformed("the attribute size is missing") }
    let operation = LocalResponseNormalization(
      size: size, alpha: try attributes.float("alpha", default: Double(Float(1e-4))),
      beta: try attributes.float("beta", default: 0.75), bias: try attributes.float("bias", default: 1))
    return [try context.emit(operation, [try context.input(0)])]
  }

  /// `sqrt(variance + epsilon)`.
  private static func standardDeviation(
    _ context: inout ImportContext, ofVariance variance: ValueID, epsilon: Double
  ) throws(ImportFailure) -> ValueID {
    let constant = context.addScalar(epsilon, context.type(variance).scalar, role: "epsilon")
    let shifted = try context.emit(Binary(.add), [variance, constant], role: "shifted")
    return try context.emit(Unary(.squareRoot), [shifted], role: "deviation")
  }
}
