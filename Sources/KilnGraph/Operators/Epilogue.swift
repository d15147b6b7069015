/// What a linear operator does to each of its sums before it stores it.
///
/// In this order: add the bias, add the addend when it comes before the activation, apply the activation, add the
/// addend when it comes after it.
package struct Epilogue: Hashable, Sendable, CustomStringConvertible {
  /// The function applied to every element.
  package var activation: Activation?
  /// Where a second tensor, of the output's shape, is added.
  package var addend: AddendPosition?

  /// Makes an epilogue; without arguments it does nothing.
  package init(activation: Activation? = nil, addend: AddendPosition? = nil) {
    self.activation = activation
    self.addend = addend
  }

  /// Whether the sum is stored as it is.
  package var isEmpty: Bool { activation == nil && addend == nil }

  /// For instance `+ addend, Relu`; empty when it does nothing.
  package var description: String {
    var parts = activation.map { [$0.description] } ?? []
    switch addend {
    case .beforeActivation: parts.insert("+ addend", at: 0)
    case .afterActivation: parts.append("+ addend")
    case nil: break
    }
    return parts.joined(separator: ", ")
  }

  /// Throws unless the addend in `inputs` is there when needed, and fits.
  func requireAddend(_ inputs: [TensorType?], output: TensorType) throws(OperatorError) {
    guard addend != nil else {
      guard inputs.optional(LinearOperand.addend) == nil else { throw OperatorError("there is an addend without use") }
      return
    }
    let addend = try inputs.operand(LinearOperand.addend, "addend")
    try addend.require(output.scalar, "the addend")
    try addend.require(shape: output.shape, "the addend")
  }

  /// Throws unless the bias, the addend and the slope in `inputs` are there when needed, and fit.
  func requireOperands(_ inputs: [TensorType?], output: TensorType, channels: Int) throws(OperatorError) {
    try inputs.requireCount(atMost: LinearOperand.slope + 1)
    if let bias = inputs.optional(LinearOperand.bias) {
      try bias.require(output.scalar, "the bias")
      try bias.require(shape: [channels], "the bias")
    }
    try requireAddend(inputs, output: output)
    if activation == .parametricReLU {
      let slope = try inputs.operand(LinearOperand.slope, "slope")
      try slope.require(output.scalar, "the slope")
      guard slope.shape == [channels] || slope.shape == [1] else {
        throw OperatorError("the slope is \(slope.shape), [\(channels)] or [1] is needed")
      }
    } else {
      guard inputs.optional(LinearOperand.slope) == nil else { throw OperatorError("there is a slope without use") }
    }
  }
}

/// An activation that a linear operator applies itself.
package enum Activation: Hashable, Sendable, CustomStringConvertible {
  /// A function without operands.
  case function(ScalarFunction)
  /// `x` where positive, `slope[channel] * x` elsewhere; the slopes are the operator's last operand.
  case parametricReLU

  /// ONNX's name of the function.
  package var description: String {
    switch self {
    case .function(let function): function.name
    case .parametricReLU: "PRelu"
    }
  }
}

/// Where a residual is added.
package enum AddendPosition: Hashable, Sendable {
  /// `activation(sum + addend)`, as in ResNet.
  case beforeActivation
  /// `activation(sum) + addend`, as in YOLO's bottlenecks.
  case afterActivation
}

/// The operands that the linear operators (convolution, transposed convolution, linear, channel affine) share, and, with a
/// scale as weight and no slope, the normalisations.
package enum LinearOperand {
  /// The data.
  package static let input = 0
  /// The weight, in the operator's own layout.
  package static let weight = 1
  /// One number an output channel; may be absent.
  package static let bias = 2
  /// A tensor of the output's shape, present when the epilogue has an addend.
  package static let addend = 3
  /// One slope an output channel, or one for all, present when the activation is a parametric ReLU.
  package static let slope = 4
}
