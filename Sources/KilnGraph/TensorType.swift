/// The element type and the dimensions of a tensor.
package struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// The element type.
  package var scalar: ScalarType
  /// The dimensions, outermost first; empty for a scalar.
  ///
  /// Never negative.
  package var shape: [Int]

  /// Makes a type.
  ///
  /// Precondition: no dimension is negative.
  package init(_ scalar: ScalarType, _ shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "a dimension is negative")
    self.scalar = scalar
    self.shape = shape
  }

  /// The number of dimensions.
  package var rank: Int { shape.count }

  /// The product of the dimensions; 1 for a scalar.
  package var elementCount: Int { shape.elementCount }

  /// For instance `float32[1, 3, 224, 224]`.
  package var description: String { "\(scalar.rawValue)\(shape)" }
}

extension [Int] {
  /// The number of elements of a tensor with these dimensions; 1 when there is none.
  package var elementCount: Int { reduce(1, *) }

  /// The row-major strides, in elements, of a dense tensor with these dimensions.
  package var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: count)
    for axis in indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * self[axis + 1] }
    return strides
  }

  /// The index `axis` counted from the front, where a negative `axis` counts from the back as in ONNX;
  /// `nil` when it is outside `-count ..< count`.
  package func normalizedAxis(_ axis: Int) -> Int? {
    let index = axis < 0 ? axis + count : axis
    return indices.contains(index) ? index : nil
  }
}
