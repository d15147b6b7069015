import KilnKernels

/// What a node's kernels ask of the storage of its operands.
///
/// Without a word everything is dense: contiguous, row-major. Values that are strided are rank-4 channels-last images,
/// whose channels are contiguous and whose pixels, rows and images lie `pixelStride`, `rowStride` and `imageStride`
/// apart.
package struct NodeStorage: Sendable {
  /// Input operands that may be strided images.
  package var stridedInputs: Set<Int>
  /// Whether the (first) output may be a strided image.
  package var stridedOutput: Bool
  /// What the kernel reads around the first input, beyond its first and last row and column.
  package var border: Border
  /// The number that it wants to find there.
  package var borderNumber: Int
  /// Inputs that may share the output's memory, in order of preference: each of their elements is last read before the
  /// output's element of the same index is written.
  package var inPlaceInputs: [Int]

  /// Makes a storage request.
  package init(
    stridedInputs: Set<Int> = [], stridedOutput: Bool = false, border: Border = Border(), borderNumber: Int = 0,
    inPlaceInputs: [Int] = []
  ) {
    self.stridedInputs = stridedInputs
    self.stridedOutput = stridedOutput
    self.border = border
    self.borderNumber = borderNumber
    self.inPlaceInputs = inPlaceInputs
  }
}
