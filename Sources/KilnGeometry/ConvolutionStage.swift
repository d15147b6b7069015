/// A range of the products of each sum: which of them a tile takes now.
package struct ConvolutionStage: DriverState {
  /// From the panel's first weight to the stage's.
  package var firstWeight = 0
  /// Whether sums start from the biases, not from the output.
  package var isFirst = true
  /// Whether what comes after the sum is done.
  package var isLast = true

  /// Makes the stage of all products.
  @inline(__always)
  package init() {}
}
