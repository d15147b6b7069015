import KilnGraph

/// The attributes of one node, by name, each read with the type that its operator expects.
struct Attributes {
  private let byName: [String: AttributeProto]

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

  /// The attributes by name.
  var all: [String: AttributeProto] { byName }

  /// Whether there is an attribute of this name.
  func contains(_ name: String) -> Bool { byName[name] != nil }

  func int(_ name: String) throws(ImportFailure) -> Int? {
    try value(name, "an integer") { attribute throws(WireError) in try attribute.int() }
  }

  func int(_ name: String, default value: Int) throws(ImportFailure) -> Int { try int(name) ?? value }

  /// An integer attribute that is 0 or 1.
  func flag(_ name: String, default value: Bool = false) throws(ImportFailure) -> Bool {
    try int(name).map { $0 != 0 } ?? value
  }

  func ints(_ name: String) throws(ImportFailure) -> [Int]? {
    try value(name, "integers") { attribute throws(WireError) in try attribute.ints() }
  }

  func float(_ name: String) throws(ImportFailure) -> Double? {
    try value(name, "a float") { attribute throws(WireError) in try attribute.float() }.map { Double($0) }
  }

  func float(_ name: String, default value: Double) throws(ImportFailure) -> Double { try float(name) ?? value }

  func floats(_ name: String) throws(ImportFailure) -> [Float]? {
    try value(name, "floats") { attribute throws(WireError) in try attribute.floats() }
  }

  func string(_ name: String) throws(ImportFailure) -> String? {
    try value(name, "a string") { attribute throws(WireError) in try attribute.string() }
  }

  func string(_ name: String, default value: String) throws(ImportFailure) -> String { try string(name) ?? value }

  func tensor(_ name: String) throws(ImportFailure) -> TensorProto? {
    try value(name, "a tensor") { attribute throws(WireError) in try attribute.tensor() }
  }

  func graph(_ name: String) throws(ImportFailure) -> GraphProto? {
    try value(name, "a graph") { attribute throws(WireError) in try attribute.graph() }
  }

  private func value<Value>(
    _ name: String, _ expected: String, _ read: (AttributeProto) throws(WireError) -> Value?
  ) throws(ImportFailure) -> Value? {
    guard let attribute = byName[name] else { return nil }
    let value: Value?
    do { value = try read(attribute) } catch { throw ImportFailure(error) }
    guard let value else { throw .malformed("the attribute '\(name)' should be \(expected)") }
    return value
  }
}
