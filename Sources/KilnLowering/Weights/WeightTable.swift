import KilnGraph

/// A table of constants in the emitted package, packed for the target.
package struct WeightTable: Sendable {
  /// A Swift and C identifier, unique in the program.
  package var name: String
  /// What the dimensions are, for instance `[Cout/64][KH][KW][Cin][64]`, or what the table is.
  package var packing: String
  /// The type of the elements, and the packed dimensions, outermost first.
  package var type: TensorType
  /// The elements, row-major and little-endian, packed when they are read.
  package var bytes: DeferredBytes

  /// The packed dimensions, outermost first.
  package var shape: [Int] { type.shape }
  /// The type of the elements.
  package var scalar: ScalarType { type.scalar }
  /// Bytes of the elements.
  package var byteCount: Int { bytes.byteCount }

  /// Makes a table.
  ///
  /// Precondition: the bytes fill the type.
  package init(name: String, packing: String, type: TensorType, bytes: DeferredBytes) {
    precondition(type.elementCount * type.scalar.byteCount == bytes.byteCount, "\(name) does not fill \(type)")
    self.name = name
    self.packing = packing
    self.type = type
    self.bytes = bytes
  }
}
