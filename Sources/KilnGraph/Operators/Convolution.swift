/// A convolution over any number of spatial axes, with whatever was fused into it.
///
/// Operands as in `LinearOperand`: input `[N, C, spatial …]` or, channels last, `[N, spatial …, C]`; weight
/// `[M, C / groups, kernel …]` in either layout; bias `[M]`; addend of the output's shape; slope `[M]` or `[1]`.
///
/// `y[n, m, o] = bias[m] + sum over c, k of x[n, c, o * stride + k * dilation - padBegin] * w[m, c, k]`, where elements
/// outside the input count as 0. Source: ONNX Conv, versions 1 to 22.
public struct Convolution: Operator, Hashable {
  /// Kernel, strides, dilations and padding.
  public var window: Window
  /// Input and output channels are divided into this many independent groups.
  public var groups: Int
  /// Where the channels are.
  public var layout: ImageLayout
  /// What happens to each sum before it is stored.
  public var epilogue: Epilogue

  /// Makes a convolution.
  public init(
    window: Window, groups: Int = 1, layout: ImageLayout = .channelsFirst, epilogue: Epilogue = Epilogue()
  ) {
    self.window = window
    self.groups = groups
    self.layout = layout
    self.epilogue = epilogue
  }

  public var name: String { "Conv" }
}
