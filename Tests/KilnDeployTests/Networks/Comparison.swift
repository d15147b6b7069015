import KilnGraph

/// How far a tensor is from what it should be.
struct Comparison: CustomStringConvertible {
  /// The largest difference of two elements; NaN counts as infinitely far from a number.
  var largestDifference: Double
  /// The largest magnitude that was expected.
  var largestMagnitude: Double

  init(_ actual: Tensor, _ expected: Tensor) {
    largestMagnitude = expected.doubles().reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    guard actual.shape == expected.shape else {
      largestDifference = .infinity
      return
    }
    largestDifference = zip(actual.doubles(), expected.doubles()).reduce(0) { largest, pair in
      if pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) { return largest }
      let difference = abs(pair.0 - pair.1)
      return difference.isNaN ? .infinity : max(largest, difference)
    }
  }

  /// Whether the difference is at most `tolerance` of the largest magnitude, and never less than `floor` allows.
  func isWithin(_ tolerance: Double, floor: Double = 1e-6) -> Bool {
    largestDifference <= max(floor, tolerance * largestMagnitude)
  }

  var description: String { "differs by \(largestDifference) where the largest magnitude is \(largestMagnitude)" }
}
