import KilnGraph

/// How far a tensor is from what it should be.
package struct TensorError: Equatable, Encodable, Sendable {
  /// The largest absolute difference of an element; infinite where one tensor is not finite and the other differs.
  package let absolute: Double
  /// The largest magnitude of the reference's elements.
  package let referenceMagnitude: Double

  /// The largest difference relative to the reference's largest magnitude; 0 when there is no difference.
  package var relative: Double { absolute == 0 ? 0 : absolute / referenceMagnitude }

  /// Makes an error of nothing.
  init() {
    absolute = 0
    referenceMagnitude = 0
  }

  /// Compares a tensor with its reference.
  ///
  /// Tensors of different shapes are infinitely far apart.
  package init(of tensor: Tensor, from reference: Tensor) {
    guard tensor.shape == reference.shape else {
      absolute = .infinity
      referenceMagnitude = 0
      return
    }
    var absolute = 0.0
    var magnitude = 0.0
    for (value, expected) in zip(tensor.doubles(), reference.doubles()) {
      if expected.isFinite { magnitude = max(magnitude, abs(expected)) }
      let isSame = value == expected || (value.isNaN && expected.isNaN)
      let difference = abs(value - expected)
      if !isSame { absolute = max(absolute, difference.isFinite ? difference : .infinity) }
    }
    self.absolute = absolute
    referenceMagnitude = magnitude
  }
}
