import KilnGraph

/// Functions of one number: ONNX's activations, arithmetic and predicates with one operand.
enum ElementwiseOperators {
  /// The importer of an operator without attributes.
  static func unary(_ function: ScalarFunction) -> OperatorImporter {
    { context throws(ImportFailure) in [try context.emit(Unary(function), [try context.input(0)])] }
  }

  /// The importer of an operator whose function depends on its attributes.
  static func unary(
    _ function: @escaping @Sendable (Attributes) throws(ImportFailure) -> ScalarFunction
  ) -> OperatorImporter {
    { context throws(ImportFailure) in
      [try context.emit(Unary(try function(context.node.attributes)), [try context.input(0)])]
    }
  }

  /// LeakyRelu, versions 1 to 16.
  static let leakyRelu = unary { attributes throws(ImportFailure) in
    .leakyReLU(slope: try attributes.float("alpha", default: Double(Float(0.01))))
  }

  /// HardSigmoid, versions 1 to 22.
  static let hardSigmoid = unary { attributes throws(ImportFailure) in
    .hardSigmoid(
      alpha: try attributes.float("alpha", default: Double(Float(0.2))),
      beta: try attributes.float("beta", default: 0.5))
  }

  /// Elu, versions 1 to 22.
  static let elu = unary { attributes throws(ImportFailure) in
    .elu(alpha: try attributes.float("alpha", default: 1))
  }

  /// Selu, versions 6 to 22. The constants of its versions agree in what float32 keeps of them.
  static let selu = unary { attributes throws(ImportFailure) in
    .selu(
      alpha: try attributes.float("alpha", default: 1.67326319217681884765625),
      gamma: try attributes.float("gamma", default: 1.05070102214813232421875))
  }

  /// Celu, version 12.
  static let celu = unary { attributes throws(ImportFailure) in
    .celu(alpha: try attributes.float("alpha", default: 1))
  }

  /// ThresholdedRelu, versions 10 and 22.
  static let thresholdedRelu = unary { attributes throws(ImportFailure) in
    .thresholdedReLU(alpha: try attributes.float("alpha", default: 1))
  }

  /// Shrink, version 9.
  static let shrink = unary { attributes throws(ImportFailure) in
    .shrink(
      lambda: try attributes.float("lambd", default: 0.5), bias: try attributes.float("bias", default: 0))
  }

  /// Gelu, version 20, and com.microsoft's, which is always exact.
  static let gelu = unary { attributes throws(ImportFailure) in
    switch try attributes.string("approximate", default: "none") {
    case "none": .gelu(approximate: false)
    case "tanh": .gelu(approximate: true)
    case let other: throw .malformed("the attribute approximate is '\(other)', not 'none' or 'tanh'")
    }
  }

  /// Swish, version 24, of which only `x * sigmoid(x)` is a function of its own here.
  static let swish: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let alpha = try context.node.attributes.float("alpha", default: 1)
    guard alpha != 1 else { return [try context.emit(Unary(.silu), [x])] }
    let factor = context.addScalar(alpha, context.type(x).scalar, role: "alpha")
    let scaled = try context.emit(Binary(.multiply), [x, factor], role: "scaled")
    let gate = try context.emit(Unary(.sigmoid), [scaled], role: "gate")
    return [try context.emit(Binary(.multiply), [x, gate])]
  }

  /// IsInf, versions 10 and 20.
  static let isInf = unary { attributes throws(ImportFailure) in
    .isInfinite(
      positive: try attributes.flag("detect_positive", default: true),
      negative: try attributes.flag("detect_negative", default: true))
  }

  /// Clip: bounds are attributes before version 11, operands since. Bounds that are computed
  /// make a maximum and a minimum.
  static let clip: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    if context.node.version < 11 {
      let lower = try attributes.float("min", default: -.infinity)
      let upper = try attributes.float("max", default: .infinity)
      return [try context.emit(Unary(.clip(lower: lower, upper: upper)), [x])]
    }
    let bounds = [context.optionalInput(1), context.optionalInput(2)]
    if bounds.allSatisfy({ $0 == nil || context.constant($0) != nil }) {
      let lower = try context.optionalScalar(1, "lower bound") ?? -.infinity
      let upper = try context.optionalScalar(2, "upper bound") ?? .infinity
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

  /// PRelu. Before version 7 a slope of one axis belongs to the channels; since then it is broadcast.
  static let parametricRelu: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    var slope = try context.input(1)
    let shape = context.shape(slope)
    if context.node.version < 7, shape.count == 1, shape != [1], context.shape(x).count > 2 {
      let trailing = [Int](repeating: 1, count: context.shape(x).count - 2)
      slope = try context.reshape(slope, to: shape + trailing, role: "slope")
    }
    return [try context.emit(Binary(.parametricReLU), [x, slope])]
  }
}
