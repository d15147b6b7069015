/// What a linear operator does to each of its sums before it stores it.
///
/// In this order: add the bias, add the addend when it comes before the activation, apply the activation, add the
/// addend when it comes behind it.
public struct Epilogue: Hashable, Sendable {
  /// The function applied to every element.
  public var activation: Activation?
  /// Where a second tensor, of the output's shape, is added.
  public var addend: AddendPosition?

  /// Makes an epilogue; without arguments it does nothing.
  public init(activation: Activation? = nil, addend: AddendPosition? = nil) {
    self.activation = activation
    self.addend = addend
  }

  /// Whether the sum is stored as it is.
  public var isEmpty: Bool { activation == nil && addend == nil }
}

/// An activation that a linear operator applies itself.
public enum Activation: Hashable, Sendable {
  /// A function without operands.
  case function(ScalarFunction)
  /// `x` where positive, `slope[channel] * x` elsewhere; the slopes are the operator's last operand.
  case parametricReLU
}

/// Where a residual is added.
public enum AddendPosition: Hashable, Sendable {
  /// `activation(sum + addend)`, as in ResNet.
  case beforeActivation
  /// `activation(sum) + addend`, as in YOLO's bottlenecks.
  case afterActivation
}

/// The operands that the linear operators (convolution, transposed convolution, linear, channel affine) share.
public enum LinearOperand {
  /// The data.
  public static let input = 0
  /// The weight, in the operator's own layout.
  public static let weight = 1
  /// One number an output channel; may be absent.
  public static let bias = 2
  /// A tensor of the output's shape, present when the epilogue has an addend.
  public static let addend = 3
  /// One slope an output channel, or one for all, present when the activation is a parametric ReLU.
  public static let slope = 4
}
