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
  /// The packed dimensions, outermost first.
  public var shape: [Int]
  /// What the dimensions are, for instance `[Cout/64][KH][KW][Cin][64]`, or what the table is.
  public var layout: String
  /// The elements, row-major.
  public var elements: [Float]

  /// Makes a table. Precondition: the elements fill the shape.
  public init(name: String, shape: [Int], layout: String, elements: [Float]) {
    precondition(shape.elementCount == elements.count, "\(name) does not fill \(shape)")
    self.name = name
    self.shape = shape
    self.layout = layout
    self.elements = elements
  }
}
