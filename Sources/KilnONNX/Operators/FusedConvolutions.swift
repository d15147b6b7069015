import KilnGraph

/// Convolutions as ONNX Runtime's optimised files have them.
enum FusedConvolutionOperators {
  /// The operators.
  static let all: [OperatorImporter] = [fused]

  /// FusedConv: a convolution, an addend, and an activation.
  static let fused = OperatorImporter(
    "FusedConv", domain: OperatorSetID.microsoftDomain, since: [1],
    attributes: ConvolutionOperators.attributes + [
      .word("activation", FusedActivation.self), .floats("activation_params"),
    ],
    examples: [
      NodeExample([.computed(), .constant([8, 4, 3, 3])]),
      NodeExample(
        [.computed(), .constant([8, 4, 1, 1]), .constant([8]), .computed([1, 8, 6, 6])],
        [.word("activation", FusedActivation.leakyRelu), .floats("activation_params", [0.1])]),
    ]
  ) { context throws(ImportFailure) in
    let (window, groups) = try ConvolutionOperators.geometry(context, input: 0, weight: 1)
    let function = try function(context.node.attributes)
    let addend = context.optionalInput(3)
    var result = try ConvolutionOperators.emit(
      Convolution(window: window, groups: groups), &context, try context.input(0), try context.input(1),
      context.optionalInput(2), role: addend == nil && function == nil ? nil : "convolution")
    if let addend {
      result = try context.emit(Binary(.add), [result, addend], role: function == nil ? nil : "sum")
    }
    guard let function else { return [result] }
    return [try context.emit(Unary(function), [result])]
  }

  private static func function(_ attributes: Attributes) throws(ImportFailure) -> ScalarFunction? {
    let numbers = try attributes.floats("activation_params") ?? []
    guard let activation = try attributes.word("activation", FusedActivation.self) else { return nil }
    func number(_ index: Int, default value: Float) -> Double {
      Double(numbers.indices.contains(index) ? numbers[index] : value)
    }
    return switch activation {
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    case .leakyRelu: .leakyReLU(slope: number(0, default: 0.01))
    case .clip: .clip(lower: number(0, default: -.infinity), upper: number(1, default: .infinity))
    case .hardSigmoid: .hardSigmoid(alpha: number(0, default: 0.2), beta: number(1, default: 0.5))
    }
  }
}

/// The activations of a fused convolution.
private enum FusedActivation: String, AttributeWord {
  case relu = "Relu"
  case sigmoid = "Sigmoid"
  case tanh = "Tanh"
  case leakyRelu = "LeakyRelu"
  case clip = "Clip"
  case hardSigmoid = "HardSigmoid"
}
