extension Tensor {
  /// The transpose of a matrix.
  ///
  /// Precondition: there are two axes.
  ///
  /// Moves tiles, so that neither side is walked against the cache: weights of 100 MB pass through here.
  package func matrixTransposed() -> Tensor {
    let transposed = ByteStorage(count: storage.bytes.count) { memory in
      switch scalar.byteCount {
      case 1: transpose(storage.bytes, to: memory, as: UInt8.self)
      case 2: transpose(storage.bytes, to: memory, as: UInt16.self)
      case 4: transpose(storage.bytes, to: memory, as: UInt32.self)
      default: transpose(storage.bytes, to: memory, as: UInt64.self)
      }
    }
    return Tensor(type: TensorType(scalar, [shape[1], shape[0]]), storage: transposed)
  }

  private func transpose<Bits: FixedWidthInteger>(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, as _: Bits.Type
  ) {
    let (rows, columns, size, tile) = (shape[0], shape[1], MemoryLayout<Bits>.size, 32)
    for firstRow in stride(from: 0, to: rows, by: tile) {
      for firstColumn in stride(from: 0, to: columns, by: tile) {
        for row in firstRow..<min(firstRow + tile, rows) {
          for column in firstColumn..<min(firstColumn + tile, columns) {
            let element = source.loadUnaligned(fromByteOffset: (row * columns + column) * size, as: Bits.self)
            target.storeBytes(of: element, toByteOffset: (column * rows + row) * size, as: Bits.self)
          }
        }
      }
    }
  }
}
