/// A transposed convolution, the adjoint of `Convolution`, with whatever was fused into it.
///
/// Operands as in `LinearOperand`; weight `[C, M / groups, kernel …]`. Each input element adds `x * w[c, m, k]` to the
/// output at `i * stride + k * dilation - padBegin`; the output's extent is
/// `(i - 1) * stride + outputPadding + extent - padBegin - padEnd`.
/// Source: ONNX ConvTranspose, versions 1 to 22; the importer resolves `output_shape` and `auto_pad` into padding.
public struct TransposedConvolution: Operator, Hashable {
  /// Kernel, strides, dilations and padding; padding crops the output and may be negative.
  public var window: Window
  /// Extra output elements behind each axis.
  public var outputPadding: [Int]
  /// Input and output channels are divided into this many independent groups.
  public var groups: Int
  /// Where the channels are.
  public var layout: ImageLayout
  /// What happens to each sum before it is stored.
  public var epilogue: Epilogue

  /// Makes a transposed convolution.
  public init(
    window: Window, outputPadding: [Int]? = nil, groups: Int = 1, layout: ImageLayout = .channelsFirst,
    epilogue: Epilogue = Epilogue()
  ) {
    self.window = window
    self.outputPadding = outputPadding ?? Array(repeating: 0, count: window.rank)
    self.groups = groups
    self.layout = layout
    self.epilogue = epilogue
  }

  public var name: String { "ConvTranspose" }
}
