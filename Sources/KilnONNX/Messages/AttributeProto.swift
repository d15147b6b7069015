/// An attribute of a node; its value is read when somebody asks for it.
struct AttributeProto: Sendable {
  /// What an attribute holds, by the number of the `AttributeType` enumeration.
  enum Kind: Int, Sendable {
    /// Files of the first versions don't say.
    case undefined
    case float, int, string, tensor, graph, floats, ints, strings, tensors, graphs
    case sparseTensor, sparseTensors, typeProto, typeProtos
  }

  var name = ""
  var kind = Kind.undefined
  /// Inside a function: the name of the function's attribute that this one stands for.
  var reference = ""
  private var values: [Field] = []

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.string()
      case 20:
        let tag = try field.integer()
        guard let kind = Kind(rawValue: tag) else {
          throw WireError(offset: field.offset, reason: "attribute type \(tag) is not defined")
        }
        self.kind = kind
      case 21: reference = try field.string()
      case 2...11, 14, 15, 22, 23: values.append(field)
      default: continue
      }
    }
  }

  /// Makes an attribute of the fields that hold its value.
  init(_ name: String, _ kind: Kind, _ values: [Field]) {
    self.name = name
    self.kind = kind
    self.values = values
  }

  /// The value of a `FLOAT` attribute; `nil` when it holds something else.
  func float() throws(WireError) -> Float? {
    guard let field = try value(.float, number: 2) else { return kind == .float ? 0 : nil }
    return try field.float()
  }

  /// The value of an `INT` attribute.
  func int() throws(WireError) -> Int? {
    guard let field = try value(.int, number: 3) else { return kind == .int ? 0 : nil }
    return try field.integer()
  }

  /// The value of a `STRING` attribute.
  func string() throws(WireError) -> String? {
    guard let field = try value(.string, number: 4) else { return kind == .string ? "" : nil }
    return try field.string()
  }

  /// The value of a `TENSOR` attribute.
  func tensor() throws(WireError) -> TensorProto? {
    guard let field = try value(.tensor, number: 5) else { return nil }
    return try TensorProto(try field.message())
  }

  /// The value of a `SPARSE_TENSOR` attribute.
  func sparseTensor() throws(WireError) -> SparseTensorProto? {
    guard let field = try value(.sparseTensor, number: 22) else { return nil }
    return try SparseTensorProto(try field.message())
  }

  /// The value of a `GRAPH` attribute.
  func graph() throws(WireError) -> GraphProto? {
    guard let field = try value(.graph, number: 6) else { return nil }
    return try GraphProto(try field.message())
  }

  /// The value of a `FLOATS` attribute.
  func floats() throws(WireError) -> [Float]? {
    guard holds(.floats, number: 7) else { return nil }
    var result: [Float] = []
    for field in values where field.number == 7 { try field.appendFloats(to: &result) }
    return result
  }

  /// The value of an `INTS` attribute.
  func ints() throws(WireError) -> [Int]? {
    guard holds(.ints, number: 8) else { return nil }
    var result: [Int] = []
    for field in values where field.number == 8 { try field.appendIntegers(to: &result) }
    return result
  }

  /// The value of a `STRINGS` attribute.
  func strings() throws(WireError) -> [String]? {
    guard holds(.strings, number: 9) else { return nil }
    var result: [String] = []
    for field in values where field.number == 9 { result.append(try field.string()) }
    return result
  }

  private func holds(_ kind: Kind, number: Int) -> Bool {
    self.kind == kind || (self.kind == .undefined && (values.contains { $0.number == number } || values.isEmpty))
  }

  /// The last field with a number, which is the one that counts.
  private func value(_ kind: Kind, number: Int) throws(WireError) -> Field? {
    guard self.kind == kind || self.kind == .undefined else { return nil }
    return values.last { $0.number == number }
  }
}
