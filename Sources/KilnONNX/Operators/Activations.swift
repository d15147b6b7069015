import KilnGraph

/// Functions of one number: ONNX's activations, arithmetic and predicates with one operand.
enum ElementwiseOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    celu, clip, elu, gelu, hardSigmoid, isInf, leakyRelu, parametricRelu, selu, shrink, swish, thresholdedRelu,
    exactGelu,
  ]

  /// An operator without attributes.
  static func unary(_ name: String, _ function: ScalarFunction, since version: Int) -> OperatorImporter {
    OperatorImporter(name, since: [version]) { context throws(ImportFailure) in
      [try context.emit(Unary(function), [try context.input(0)])]
    }
  }

  /// An operator whose function depends on its attributes.
  static func unary(
    _ name: String, domain: String = OperatorSetID.standardDomain, since version: Int, attributes: [OperatorAttribute],
    _ function: @escaping @Sendable (Attributes) throws(ImportFailure) -> ScalarFunction
  ) -> OperatorImporter {
    OperatorImporter(name, domain: domain, since: [version], attributes: attributes) { context throws(ImportFailure) in
      [try context.emit(Unary(try function(context.node.attributes)), [try context.input(0)])]
    }
  }

  static let leakyRelu = unary("LeakyRelu", since: 6, attributes: [.float("alpha")]) {
    attributes throws(ImportFailure) in
    .leakyReLU(slope: try attributes.float("alpha", default: Double(Float(0.01))))
  }

  static let hardSigmoid = unary("HardSigmoid", since: 6, attributes: [.float("alpha"), .float("beta")]) {
    attributes throws(ImportFailure) in
    .hardSigmoid(
      alpha: try attributes.float("alpha", default: Double(Float(0.2))),
      beta: try attributes.float("beta", default: 0.5))
  }

  static let elu = unary("Elu", since: 6, attributes: [.float("alpha")]) { attributes throws(ImportFailure) in
    .elu(alpha: try attributes.float("alpha", default: 1))
  }

  /// The constants of Selu's versions agree in what float32 keeps of them.
  static let selu = unary("Selu", since: 6, attributes: [.float("alpha"), .float("gamma")]) {
    attributes throws(ImportFailure) in
    .selu(
      alpha: try attributes.float("alpha", default: 1.67326319217681884765625),
      gamma: try attributes.float("gamma", default: 1.05070102214813232421875))
  }

  static let celu = unary("Celu", since: 12, attributes: [.float("alpha")]) { attributes throws(ImportFailure) in
    .celu(alpha: try attributes.float("alpha", default: 1))
  }

  static let thresholdedRelu = unary("ThresholdedRelu", since: 10, attributes: [.float("alpha")]) {
    attributes throws(ImportFailure) in
    .thresholdedReLU(alpha: try attributes.float("alpha", default: 1))
  }

  static let shrink = unary("Shrink", since: 9, attributes: [.float("lambd"), .float("bias")]) {
    attributes throws(ImportFailure) in
    .shrink(
      lambda: try attributes.float("lambd", default: 0.5), bias: try attributes.float("bias", default: 0))
  }

  static let gelu = unary("Gelu", since: 20, attributes: [.word("approximate", GeluApproximation.self)]) {
    attributes throws(ImportFailure) in
    .gelu(approximate: try attributes.word("approximate", default: GeluApproximation.none) == .tanh)
  }

  private enum GeluApproximation: String, AttributeWord { case none, tanh }

  /// com.microsoft's Gelu, which is always exact.
  static let exactGelu = OperatorImporter("Gelu", domain: OperatorSetID.microsoftDomain, since: [1]) {
    context throws(ImportFailure) in
    [try context.emit(Unary(.gelu(approximate: false)), [try context.input(0)])]
  }

  /// Swish, of which only `x * sigmoid(x)` is a function of its own here.
  static let swish = OperatorImporter(
    "Swish", since: [24], attributes: [.float("alpha")]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let alpha = try context.node.attributes.float("alpha", default: 1)
    guard alpha != 1 else { return [try context.emit(Unary(.silu), [x])] }
    let factor = context.addScalar(alpha, context.type(x).scalar, role: "alpha")
    let scaled = try context.emit(Binary(.multiply), [x, factor], role: "scaled")
    let gate = try context.emit(Unary(.sigmoid), [scaled], role: "gate")
    return [try context.emit(Binary(.multiply), [x, gate])]
  }

  static let isInf = unary("IsInf", since: 10, attributes: [.int("detect_positive"), .int("detect_negative")]) {
    attributes throws(ImportFailure) in
    .isInfinite(
      positive: try attributes.flag("detect_positive", default: true),
      negative: try attributes.flag("detect_negative", default: true))
  }

  /// Clip: bounds are attributes before version 11, operands since.
  ///
  /// Bounds that are computed make a maximum and a minimum.
  static let clip = OperatorImporter(
    "Clip", since: [11, 6], attributes: [.float("min"), .float("max")],
    examples: [
      NodeExample(since: 11, [.computed(), .constant([], 0), .constant([], 6)]),
      NodeExample([.computed()], [.float("min", 0), .float("max", 6)]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    if !context.node.isSince(11) {
      let lower = try attributes.float("min", default: -.infinity)
      let upper = try attributes.float("max", default: .infinity)
      return [try context.emit(Unary(.clip(lower: lower, upper: upper)), [x])]
    }
    let bounds = [context.optionalInput(1), context.optionalInput(2)]
    if bounds.allSatisfy({ $0 == nil || context.constant($0) != nil }) {
      var (lower, upper) = (-Double.infinity, Double.infinity)
      if let bound = context.constant(bounds[0]) { lower = try context.scalar(bound, "lower bound") }
      if let bound = context.constant(bounds[1]) { upper = try context.scalar(bound, "upper bound") }
      return [try context.emit(Unary(.clip(lower: lower, upper: upper)), [x])]
    }
    var result = x
    if let lower = bounds[0] {
      let role = bounds[1] == nil ? nil : "lower"
      let bound = try context.reshape(lower, to: [], role: "min")
      result = try context.emit(Binary(.maximum), [result, bound], role: role)
    }
    if let upper = bounds[1] {
      result = try context.emit(Binary(.minimum), [result, try context.reshape(upper, to: [], role: "max")])
    }
    return [result]
  }

  /// PRelu.
  ///
  /// Before version 7 a slope of one axis belongs to the channels; since then it is broadcast.
  static let parametricRelu = OperatorImporter(
    "PRelu", since: [7, 6], examples: [NodeExample([.computed(), .constant([4, 1, 1])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    var slope = try context.input(1)
    let shape = context.shape(slope)
    if !context.node.isSince(7), shape.count == 1, shape != [1], context.shape(x).count > 2 {
      let trailing = [Int](repeating: 1, count: context.shape(x).count - 2)
      slope = try context.reshape(slope, to: shape + trailing, role: "slope")
    }
    return [try context.emit(Binary(.parametricReLU), [x, slope])]
  }
}
