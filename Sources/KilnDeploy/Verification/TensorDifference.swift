import KilnGraph

/// Where a tensor is farthest from what it should be, and how much of it is wrong.
package struct TensorDifference: Equatable, Encodable, Sendable {
  /// The index of the element that is farthest away.
  package let position: [Int]
  /// What it should be.
  package let reference: Double
  /// What it is.
  package let computed: Double
  /// The elements that are farther away than the tolerance allows.
  package let wrongCount: Int
  /// All elements.
  package let elementCount: Int

  /// Compares a tensor with its reference, `nil` when both are empty.
  ///
  /// Precondition: they have the same shape.
  ///
  /// - Parameter allowed: the largest difference that is none.
  package init?(of tensor: Tensor, from reference: Tensor, allowed: Double) {
    guard tensor.elementCount > 0 else { return nil }
    let (values, expected) = (tensor.doubles(), reference.doubles())
    var worst = (index: 0, difference: -1.0)
    var wrongCount = 0
    for index in values.indices {
      let isSame = values[index] == expected[index] || (values[index].isNaN && expected[index].isNaN)
      let distance = isSame ? 0 : abs(values[index] - expected[index])
      // What is not finite is infinitely far from everything else.
      let difference = distance.isFinite ? distance : .infinity
      if difference > worst.difference { worst = (index, difference) }
      if difference > allowed { wrongCount += 1 }
    }
    self.reference = expected[worst.index]
    computed = values[worst.index]
    self.wrongCount = wrongCount
    elementCount = values.count
    var rest = worst.index
    var position: [Int] = []
    for extent in tensor.shape.reversed() {
      position.append(rest % extent)
      rest /= extent
    }
    self.position = position.reversed()
  }
}
