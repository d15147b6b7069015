import KilnGraph

extension [Int] {
  /// The permutation that moves an image's channels from axis 1 after all others: NCHW to NHWC at rank 4.
  static func channelsLast(rank: Int) -> [Int] { [0] + Array(2..<rank) + [1] }

  /// The permutation that undoes this one.
  var inversePermutation: [Int] {
    var result = self
    for (index, axis) in enumerated() { result[axis] = index }
    return result
  }

  /// Whether this permutation leaves every axis where it is.
  var isIdentityPermutation: Bool { enumerated().allSatisfy { $0 == $1 } }

  /// These entries, one per axis, in the order of the permuted axes.
  func permuted(by permutation: [Int]) -> [Int] { permutation.map { self[$0] } }

  /// Whether permuting a tensor of the dimensions `shape` only moves axes of extent 1: its elements keep their order.
  func keepsOrder(of shape: [Int]) -> Bool {
    let moved = filter { shape[$0] != 1 }
    return zip(moved, moved.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// What is appended to a value's name when its axes are permuted: `.nhwc`, or the axes, as in `.t021`.
  var layoutSuffix: String {
    self == [Int].channelsLast(rank: 4) ? ".nhwc" : ".t" + map(String.init).joined(separator: count > 10 ? "_" : "")
  }
}

/// A value whose axes are another value's in another order.
struct PermutedValue: Hashable {
  /// The value.
  let value: ValueID
  /// Axis `i` of the value is axis `permutation[i]` of the original.
  let permutation: [Int]
}
