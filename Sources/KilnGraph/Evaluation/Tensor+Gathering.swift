extension Tensor {
  /// The tensor whose element `[i, j, …]` is this tensor's element at `offsets[0][i] + offsets[1][j] + …`, or `fill`
  /// where one of the offsets is `nil`.
  ///
  /// Transposing, slicing, broadcasting, repeating and padding all are tables of offsets, one per axis of the result.
  /// Precondition: every sum of offsets lies inside this tensor. Complexity: O(elements of the result).
  func gathering(_ offsets: [[Int?]], fill: Double = 0) -> Tensor {
    let type = TensorType(scalar, offsets.map(\.count))
    let filler = Tensor(shape: [], doubles: [fill], as: scalar)
    let storage = ByteStorage(count: type.elementCount * scalar.byteCount) { memory in
      guard type.elementCount > 0 else { return }
      switch scalar.byteCount {
      case 1: Self.gather(UInt8.self, offsets, from: self, filler, into: memory)
      case 2: Self.gather(UInt16.self, offsets, from: self, filler, into: memory)
      case 4: Self.gather(UInt32.self, offsets, from: self, filler, into: memory)
      default: Self.gather(UInt64.self, offsets, from: self, filler, into: memory)
      }
    }
    return Tensor(type: type, storage: storage)
  }

  /// The tensor broadcast to `shape`.
  ///
  /// Precondition: it can be.
  package func broadcast(to shape: [Int]) -> Tensor {
    guard self.shape != shape else { return self }
    let added = shape.count - self.shape.count
    let strides = self.shape.rowMajorStrides
    return gathering(
      shape.indices.map { axis in
        let isRepeated = axis < added || self.shape[axis - added] == 1
        return (0..<shape[axis]).map { isRepeated ? 0 : $0 * strides[axis - added] }
      })
  }

  /// The tensor with its axes permuted: axis `i` of the result is axis `permutation[i]` of this one.
  package func transposed(_ permutation: [Int]) -> Tensor {
    guard permutation != Array(shape.indices) else { return self }
    let strides = shape.rowMajorStrides
    return gathering(permutation.map { axis in (0..<shape[axis]).map { $0 * strides[axis] } })
      .stored(as: narrow?.transposed(permutation, of: shape))
  }

  /// The permutation that keeps the order of the axes but moves `axes` after all others.
  static func permutation(moving axes: [Int], toTheEndOf rank: Int) -> [Int] {
    let moved = Set(axes)
    return (0..<rank).filter { !moved.contains($0) } + axes
  }

  private static func gather<Element: FixedWidthInteger>(
    _: Element.Type, _ offsets: [[Int?]], from source: Tensor, _ filler: Tensor,
    into memory: UnsafeMutableRawBufferPointer
  ) {
    let result = memory.bindMemory(to: Element.self)
    let bytes = source.storage.bytes
    let fill = filler.storage.bytes.loadUnaligned(as: Element.self)
    let width = MemoryLayout<Element>.stride
    var next = 0
    func visit(_ axis: Int, _ base: Int?) {
      guard axis < offsets.count else {
        result[next] = base.map { bytes.loadUnaligned(fromByteOffset: $0 * width, as: Element.self) } ?? fill
        next += 1
        return
      }
      for offset in offsets[axis] {
        if let base, let offset { visit(axis + 1, base + offset) } else { visit(axis + 1, nil) }
      }
    }
    visit(0, 0)
  }
}
