import KilnGraph

/// A small node that an operator's importer takes, from which is found out which types of elements are supported.
struct NodeExample: Sendable {
  /// The operand of an example.
  struct Operand: Sendable {
    /// What the shape of most examples is: an image of 4 channels.
    static let image = [1, 4, 6, 6]

    /// The dimensions.
    let shape: [Int]
    /// The elements' type; `nil` for the one that is asked about.
    let scalar: ScalarType?
    /// The elements; `nil` for those that are computed at run time.
    let values: [Double]?
    /// Tensors of a sequence; `nil` for one that is no sequence.
    var sequenceCount: Int?

    /// An operand that is computed at run time.
    static func computed(_ shape: [Int] = image, _ scalar: ScalarType? = nil) -> Self {
      Self(shape: shape, scalar: scalar, values: nil)
    }

    /// A sequence of tensors that are computed at run time.
    static func sequence(_ count: Int) -> Self {
      var operand = computed()
      operand.sequenceCount = count
      return operand
    }

    /// An operand whose elements are all known to be `value`.
    static func constant(_ shape: [Int], _ value: Double = 1, _ scalar: ScalarType? = nil) -> Self {
      Self(shape: shape, scalar: scalar, values: [Double](repeating: value, count: shape.reduce(1, *)))
    }

    /// A known list of integers.
    static func integers(_ values: [Int]) -> Self {
      Self(shape: [values.count], scalar: .int64, values: values.map(Double.init))
    }

    /// A known list of float32 numbers.
    static func floats(_ values: [Double]) -> Self { Self(shape: [values.count], scalar: .float32, values: values) }

    /// The scale of quantised numbers.
    static let scale = constant([], 0.5, .float32)
    /// The zero point of numbers of the type that is asked about.
    static let zeroPoint = constant([], 0)
  }

  /// The oldest version with this form; `nil` for the operator's oldest.
  let version: Int?
  /// The operands; `nil` for one that is left out.
  let operands: [Operand?]
  /// The attributes.
  let attributes: [AttributeProto]
  /// How many results the node has.
  let outputCount: Int

  /// Describes a node.
  ///
  /// - Parameter version: the oldest version with this form, when the operator has older ones.
  init(since version: Int? = nil, _ operands: [Operand?], _ attributes: [AttributeProto] = [], outputs: Int = 1) {
    self.version = version
    self.operands = operands
    self.attributes = attributes
    outputCount = outputs
  }
}
