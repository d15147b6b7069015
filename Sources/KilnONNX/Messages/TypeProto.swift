/// The name and the type of a graph's input or output.
struct ValueInfoProto: Sendable {
  var name = ""
  var type: TypeProto?

  init(_ name: String, _ type: TypeProto? = nil) {
    self.name = name
    self.type = type
  }

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.string()
      case 2: type = try TypeProto(try field.message())
      default: continue
      }
    }
  }
}

/// The type of a value.
struct TypeProto: Sendable {
  /// A dimension: a number, or a name for one that is known at run time only.
  enum Dimension: Sendable, Hashable, CustomStringConvertible {
    case fixed(Int)
    case symbolic(String)

    var description: String {
      switch self {
      case .fixed(let extent): String(extent)
      case .symbolic(let name): name.isEmpty ? "?" : name
      }
    }

    /// The number; `nil` for one that is known at run time only.
    var extent: Int? {
      switch self {
      case .fixed(let extent): extent
      case .symbolic: nil
      }
    }
  }

  /// Whether it is a tensor; sequences, maps and optionals are not.
  var isTensor = false
  /// The number of the `TensorProto.DataType` enumeration.
  var elementType = 0
  /// The dimensions; `nil` when even their number is unknown.
  var shape: [Dimension]?

  /// The type of a tensor.
  init(elementType: Int, shape: [Dimension]?) {
    isTensor = true
    self.elementType = elementType
    self.shape = shape
  }

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      guard field.number == 1 else { continue }
      isTensor = true
      try readTensor(try field.message())
    }
  }

  private mutating func readTensor(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: elementType = try field.integer()
      case 2: shape = try Self.shape(try field.message())
      default: continue
      }
    }
  }

  private static func shape(_ message: MessageBytes) throws(WireError) -> [Dimension] {
    var dimensions: [Dimension] = []
    var reader = FieldReader(message)
    while let field = try reader.next() {
      if field.number == 1 { dimensions.append(try dimension(try field.message())) }
    }
    return dimensions
  }

  private static func dimension(_ message: MessageBytes) throws(WireError) -> Dimension {
    var result = Dimension.symbolic("")
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1:
        // Some writers put -1 where a name belongs.
        let extent = try field.integer()
        result = extent < 0 ? .symbolic("") : .fixed(extent)
      case 2: result = .symbolic(try field.string())
      default: continue
      }
    }
    return result
  }
}
