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
  /// The elements; the packed dimensions are its shape, outermost first.
  public var tensor: Tensor

  /// The packed dimensions, outermost first.
  public var shape: [Int] { tensor.shape }
  /// The type of the elements.
  public var scalar: ScalarType { tensor.scalar }
  /// Bytes of the elements.
  public var byteCount: Int { tensor.storage.bytes.count }

  /// Makes a table.
  public init(name: String, layout: String, tensor: Tensor) {
    self.name = name
    self.layout = layout
    self.tensor = tensor
  }

  /// Makes a table of float32 elements, row-major. Precondition: the elements fill the shape.
  public init(name: String, shape: [Int], layout: String, elements: [Float]) {
    precondition(shape.elementCount == elements.count, "\(name) does not fill \(shape)")
    self.init(name: name, layout: layout, tensor: Tensor(shape: shape, floats: elements))
  }
}
