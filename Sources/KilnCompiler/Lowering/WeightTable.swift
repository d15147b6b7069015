import KilnGraph

/// A table of constants in the emitted package, packed for the target.
public struct WeightTable: Sendable {
  /// Names a table of one program.
  public struct ID: Hashable, Sendable {
    /// The table's index.
    public let index: Int
  }

  /// A Swift and C identifier, unique in the program.
  public var name: String
  /// What the dimensions are, for instance `[Cout/64][KH][KW][Cin][64]`, or what the table is.
  public var layout: String
  /// The type of the elements, and the packed dimensions, outermost first.
  public var type: TensorType
  /// The elements, row-major and little-endian, packed when they are read.
  public var bytes: DeferredBytes

  /// The packed dimensions, outermost first.
  public var shape: [Int] { type.shape }
  /// The type of the elements.
  public var scalar: ScalarType { type.scalar }
  /// Bytes of the elements.
  public var byteCount: Int { bytes.byteCount }

  /// Makes a table. Precondition: the bytes fill the type.
  public init(name: String, layout: String, type: TensorType, bytes: DeferredBytes) {
    precondition(type.elementCount * type.scalar.byteCount == bytes.byteCount, "\(name) does not fill \(type)")
    self.name = name
    self.layout = layout
    self.type = type
    self.bytes = bytes
  }
}
