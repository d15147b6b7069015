import KilnGraph

/// The attributes of one node, by name, each read with the type that its operator declares.
struct Attributes {
  private let byName: [String: AttributeProto]
  /// The attributes that may be read.
  private var declared: [String: OperatorAttribute] = [:]
  /// Who is told what is read.
  private var trace: ImportTrace?

  /// No attributes.
  init() { byName = [:] }

  /// Takes the attributes of a node.
  ///
  /// - Parameter outer: in a function's body, the attributes that the function was called with.
  init(_ attributes: [AttributeProto], outer: [String: AttributeProto] = [:]) throws(ImportFailure) {
    var byName: [String: AttributeProto] = [:]
    for attribute in attributes {
      // An attribute that refers to one that the caller left out is absent too.
      guard var resolved = attribute.reference.isEmpty ? attribute : outer[attribute.reference] else { continue }
      resolved.name = attribute.name
      guard byName.updateValue(resolved, forKey: attribute.name) == nil else {
        throw .malformed("the attribute '\(attribute.name)' is there twice")
      }
    }
    self.byName = byName
  }

  /// The same attributes, of which those may be read that an importer declares.
  func declared(by importer: OperatorImporter, trace: ImportTrace? = nil) -> Attributes {
    var result = self
    result.declared = importer.attributes
    result.trace = trace
    return result
  }

  /// The attributes by name.
  var all: [String: AttributeProto] { byName }

  /// Whether there is an attribute that is declared as refused.
  func contains(refused name: String) -> Bool {
    check(name, .undefined)
    return byName[name] != nil
  }

  func int(_ name: String) throws(ImportFailure) -> Int? {
    try value(name, .int, "an integer") { attribute throws(WireError) in try attribute.int() }
  }

  func int(_ name: String, default value: Int) throws(ImportFailure) -> Int { try int(name) ?? value }

  /// An integer attribute that is 0 or 1.
  func flag(_ name: String, default value: Bool = false) throws(ImportFailure) -> Bool {
    try int(name).map { $0 != 0 } ?? value
  }

  func ints(_ name: String) throws(ImportFailure) -> [Int]? {
    try value(name, .ints, "integers") { attribute throws(WireError) in try attribute.ints() }
  }

  func float(_ name: String) throws(ImportFailure) -> Double? {
    try value(name, .float, "a float") { attribute throws(WireError) in try attribute.float() }.map { Double($0) }
  }

  func float(_ name: String, default value: Double) throws(ImportFailure) -> Double { try float(name) ?? value }

  func floats(_ name: String) throws(ImportFailure) -> [Float]? {
    try value(name, .floats, "floats") { attribute throws(WireError) in try attribute.floats() }
  }

  func strings(_ name: String) throws(ImportFailure) -> [String]? {
    try value(name, .strings, "texts") { attribute throws(WireError) in try attribute.strings() }
  }

  func text(_ name: String) throws(ImportFailure) -> String? {
    try value(name, .string, "a string") { attribute throws(WireError) in try attribute.string() }
  }

  /// A text attribute that is one of a few words.
  func word<Word: AttributeWord>(_ name: String, _ words: Word.Type = Word.self) throws(ImportFailure) -> Word? {
    guard let text = try text(name) else { return nil }
    guard let word = text.isEmpty ? Word.ofEmptyText : Word(rawValue: text) else {
      let known = Word.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw .malformed("the attribute \(name) is '\(text.prefix(40))', not one of \(known)")
    }
    return word
  }

  func word<Word: AttributeWord>(_ name: String, default value: Word) throws(ImportFailure) -> Word {
    try word(name) ?? value
  }

  func tensor(_ name: String) throws(ImportFailure) -> TensorProto? {
    try value(name, .tensor, "a tensor") { attribute throws(WireError) in try attribute.tensor() }
  }

  func sparseTensor(_ name: String) throws(ImportFailure) -> SparseTensorProto? {
    try value(name, .sparseTensor, "a sparse tensor") { attribute throws(WireError) in try attribute.sparseTensor() }
  }

  func graph(_ name: String) throws(ImportFailure) -> GraphProto? {
    try value(name, .graph, "a graph") { attribute throws(WireError) in try attribute.graph() }
  }

  private func value<Value>(
    _ name: String, _ kind: AttributeProto.Kind, _ expected: String,
    _ read: (AttributeProto) throws(WireError) -> Value?
  ) throws(ImportFailure) -> Value? {
    check(name, kind)
    guard let attribute = byName[name] else { return nil }
    let value: Value?
    do { value = try read(attribute) } catch { throw ImportFailure(error) }
    guard let value else { throw .malformed("the attribute '\(name)' should be \(expected)") }
    return value
  }

  private func check(_ name: String, _ kind: AttributeProto.Kind) {
    guard let attribute = declared[name], attribute.kind == kind else {
      preconditionFailure("the importer does not declare the attribute '\(name)' of this type")
    }
    trace?.attributes.insert(name)
  }
}
