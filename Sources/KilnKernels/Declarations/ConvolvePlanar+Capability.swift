import KilnGraph

extension Convolution {
  /// Whether the planar kernel computes this convolution of `input` well: few channels on both sides, so that vectors
  /// along a row's pixels are full where vectors of channels would not be, and rows of some length.
  ///
  /// Such a convolution between planar images needs no transposition. The column stride is 1; the kernel, the rows'
  /// stride, dilations and padding are any.
  package func suitsPlanes(input: TensorType, output: TensorType) -> Bool {
    guard groups == 1, window.rank == 2, input.scalar == .float32, window.strides[1] == 1, epilogue.addend == nil,
      epilogue.activation != .parametricReLU, epilogue.isInlined
    else { return false }
    return (1...4).contains(input.shape[1]) && (1...8).contains(output.shape[1]) && output.shape[3] >= 32
  }
}
