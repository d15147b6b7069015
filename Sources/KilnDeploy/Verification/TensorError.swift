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
  /// Tensors of different shapes are infinitely far apart. Neighbours among numbers of 16 bits are no difference: rounding may make them
  /// of numbers however near to each other.
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
      let difference = abs(value - expected)
      let isSame =
        value == expected || (value.isNaN && expected.isNaN)
        || difference <= reference.scalar.halfSpacing(at: expected)
      if !isSame { absolute = max(absolute, difference.isFinite ? difference : .infinity) }
    }
    self.absolute = absolute
    referenceMagnitude = magnitude
  }
}

extension ScalarType {
  /// How far neighbours of a number are apart where it is floating point of 16 bits; 0 for other types.
  fileprivate func halfSpacing(at value: Double) -> Double {
    guard value.isFinite else { return 0 }
    switch self {
    case .float16: return max(value.ulp * 0x1p42, 0x1p-24)
    case .bfloat16: return value.ulp * 0x1p45
    default: return 0
    }
  }
}
