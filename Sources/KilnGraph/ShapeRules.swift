// What the operators' shape rules share. Every extent comes from a file that may lie: arithmetic on extents is checked
// or bounded, and what does not fit is an error.

extension [TensorType?] {
  /// The operand `index`.
  ///
  /// Throws when it is absent.
  func operand(_ index: Int, _ role: String) throws(OperatorError) -> TensorType {
    guard let type = optional(index) else { throw OperatorError("the operand '\(role)' is missing") }
    return type
  }

  /// The operand `index`, `nil` when it is absent.
  func optional(_ index: Int) -> TensorType? { indices.contains(index) ? self[index] : nil }

  /// Throws when there are more operands than `limit`.
  func requireCount(atMost limit: Int) throws(OperatorError) {
    guard count <= limit else { throw OperatorError("there are \(count) operands, at most \(limit) make sense") }
  }
}

extension [TensorType] {
  /// The results when none of them has an element: then there is nothing to compute, however large the extents are that
  /// meet the one that is 0.
  var emptyResults: [Tensor]? {
    guard allSatisfy({ $0.elementCount == 0 }) else { return nil }
    return map { Tensor(shape: $0.shape, doubles: [], as: $0.scalar) }
  }
}

extension [Tensor?] {
  /// The types of the operands.
  var types: [TensorType?] { map { $0?.type } }

  /// The operand `index`.
  ///
  /// Throws when it is absent.
  func operand(_ index: Int, _ role: String = "input") throws(OperatorError) -> Tensor {
    guard let tensor = optional(index) else { throw OperatorError("the operand '\(role)' is missing") }
    return tensor
  }

  /// The operand `index`, `nil` when it is absent.
  func optional(_ index: Int) -> Tensor? { indices.contains(index) ? self[index] : nil }
}

extension TensorType {
  /// The largest number of elements a tensor may have, zero extents counted as one.
  package static let maximumElementCount = 1 << 28
  /// The largest number of axes a tensor may have.
  package static let maximumRank = 64

  /// A type whose dimensions are known to be sane: not negative, and few enough elements for every product of
  /// dimensions, and of bytes, to fit into an `Int`.
  ///
  /// - Throws: `OperatorError` that names the dimensions.
  package static func checked(_ scalar: ScalarType, _ shape: [Int]) throws(OperatorError) -> TensorType {
    guard shape.count <= maximumRank else {
      throw OperatorError("a tensor of \(shape.count) axes; at most \(maximumRank) are supported")
    }
    var count = 1
    for extent in shape {
      guard extent >= 0 else { throw OperatorError("the dimensions \(shape) contain a negative one") }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, product <= maximumElementCount else {
        throw OperatorError("the dimensions \(shape) make a tensor of more than \(maximumElementCount) elements")
      }
      count = product
    }
    return TensorType(scalar, shape)
  }

  /// Throws unless the elements are floating-point numbers.
  func requireFloatingPoint(_ role: String) throws(OperatorError) {
    guard scalar.isFloatingPoint else { throw OperatorError("\(role) is \(scalar.rawValue), not floating point") }
  }

  /// Throws unless the elements have the type `expected`.
  func require(_ expected: ScalarType, _ role: String) throws(OperatorError) {
    guard scalar == expected else {
      throw OperatorError("\(role) is \(scalar.rawValue), \(expected.rawValue) is needed")
    }
  }

  /// Throws unless the elements are int32 or int64 indices.
  func requireIndices(_ role: String) throws(OperatorError) {
    guard scalar == .int32 || scalar == .int64 else {
      throw OperatorError("\(role) is \(scalar.rawValue), int32 or int64 is needed")
    }
  }

  /// Throws unless the dimensions are `expected`.
  func require(shape expected: [Int], _ role: String) throws(OperatorError) {
    guard shape == expected else { throw OperatorError("\(role) is \(shape), \(expected) is needed") }
  }

  /// Throws unless `axis`, counted from the front, is one of the axes.
  func require(axis: Int) throws(OperatorError) {
    guard shape.indices.contains(axis) else {
      throw OperatorError("axis \(axis) is outside a tensor of \(rank) \(rank == 1 ? "axis" : "axes")")
    }
  }

  /// Throws unless `entries`, the length of a list of attributes, is the number of axes.
  func require(entries: Int, _ role: String) throws(OperatorError) {
    guard entries == rank else { throw OperatorError("\(role) has \(entries) entries for \(rank) axes") }
  }
}

extension [Int] {
  /// The dimensions of the result when tensors of these and of `other` dimensions are broadcast as in NumPy.
  package func broadcast(with other: [Int]) throws(OperatorError) -> [Int] {
    var result: [Int] = []
    for position in (0..<Swift.max(count, other.count)).reversed() {
      let a = position < count ? self[count - 1 - position] : 1
      let b = position < other.count ? other[other.count - 1 - position] : 1
      guard a == b || a == 1 || b == 1 else {
        throw OperatorError("the dimensions \(self) and \(other) can't be broadcast")
      }
      result.append(a == 1 ? b : a)
    }
    return result
  }

  /// The dimensions without `axes`, or with extent 1 there.
  func reducing(_ axes: [Int], keeping: Bool) -> [Int] {
    let reduced = Set(axes)
    return indices.compactMap { reduced.contains($0) ? (keeping ? 1 : nil) : self[$0] }
  }

  /// For instance `3x3`.
  var timesDescription: String { map(String.init).joined(separator: "x") }
}

/// The sum, limited to the range of `Int` so that a bound check after it fails instead of trapping.
func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? (a < 0 ? .min : .max) : sum
}

/// The product, limited to the range of `Int`.
func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? ((a < 0) == (b < 0) ? .max : .min) : product
}
