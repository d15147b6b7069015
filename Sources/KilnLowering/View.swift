import KilnGraph

/// Where a value lies: element `(i0, i1, …)` is `offset + i0 * strides[0] + …` elements into a buffer.
package struct View: Hashable, Sendable {
  /// The buffer.
  package var buffer: Buffer.ID
  /// The first element's index in the buffer.
  package var offset: Int
  /// The value's dimensions.
  package var shape: [Int]
  /// Elements between neighbours along each axis.
  package var strides: [Int]

  /// Makes a view.
  package init(buffer: Buffer.ID, offset: Int, shape: [Int], strides: [Int]) {
    self.buffer = buffer
    self.offset = offset
    self.shape = shape
    self.strides = strides
  }

  /// Whether the elements are contiguous and in row-major order.
  package var isDense: Bool { KilnLowering.isDense(shape, strides) }

  /// Rank-4 images only: elements between images.
  ///
  /// Channels are contiguous.
  package var imageStride: Int { strides[0] }
  /// Rank-4 images only: elements between rows.
  package var rowStride: Int { strides[1] }
  /// Rank-4 images only: elements between pixels of a row.
  package var pixelStride: Int { strides[2] }
}

/// A run of memory that holds one value, or several that share it.
package struct Buffer: Hashable, Sendable {
  /// Names a buffer of one program.
  package struct ID: Hashable, Sendable {
    /// The buffer's index.
    package let index: Int

    /// Names the buffer of an index.
    package init(index: Int) {
      self.index = index
    }
  }

  /// Whose memory a buffer is.
  package enum Owner: Hashable, Sendable {
    /// The arena's.
    case arena
    /// The caller's: a model input, never written.
    case input(Int)
    /// The caller's: a model output.
    case output(Int)
  }

  /// Whose memory it is.
  package var owner: Owner
  /// The element type.
  package var scalar: ScalarType
  /// Elements, border included.
  package var elementCount: Int

  /// Makes a buffer.
  package init(owner: Owner, scalar: ScalarType, elementCount: Int) {
    self.owner = owner
    self.scalar = scalar
    self.elementCount = elementCount
  }

  /// Bytes, border included.
  package var byteCount: Int { elementCount * scalar.byteCount }
}

/// Whether elements with these strides are contiguous and in row-major order.
package func isDense(_ shape: [Int], _ strides: [Int]) -> Bool {
  zip(zip(shape, strides), shape.rowMajorStrides).allSatisfy { $0.0 == 1 || $0.1 == $1 }
}
