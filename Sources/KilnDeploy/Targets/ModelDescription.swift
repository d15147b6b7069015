import KilnMachine

/// A machine's model as JSON: `kiln targets --json` prints all of it, and what a target file's `model` has of it
/// replaces the processor's numbers.
///
///     {"pipeline": {"clockMegahertz": 1500, …}, "float32": {…}, "caches": [{"latency": 4, …}, …], …}
package struct ModelDescription {
  /// The model.
  package var model: MachineModel

  /// Describes a model.
  package init(_ model: MachineModel) { self.model = model }

  /// What the list of caches is called, beside the parts.
  private static let caches = "caches"
}

extension ModelDescription: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var whole = encoder.container(keyedBy: AnyKey.self)
    for (name, fields) in MachineModel.parts {
      var part = whole.nestedContainer(keyedBy: AnyKey.self, forKey: AnyKey(name))
      try encode(fields, into: &part)
    }
    var caches = whole.nestedUnkeyedContainer(forKey: AnyKey(Self.caches))
    for level in model.caches.indices {
      var part = caches.nestedContainer(keyedBy: AnyKey.self)
      try encode(MachineModel.fields(ofCache: level), into: &part)
    }
  }

  private func encode(
    _ fields: [MachineField<MachineModel>], into container: inout KeyedEncodingContainer<AnyKey>
  ) throws {
    for field in fields {
      let name = AnyKey(field.name)
      switch field.value {
      case .number(let path, _): try container.encode(model[keyPath: path], forKey: name)
      case .count(let path, _): try container.encode(model[keyPath: path], forKey: name)
      case .flag(let path): try container.encode(model[keyPath: path], forKey: name)
      }
    }
  }
}

extension ModelDescription {
  /// Replaces the numbers that a target file has under the key `key`.
  ///
  /// - Throws: `TargetFile.Fault`, which names the field and says what is expected there.
  mutating func replace(by decoder: any Decoder, key: String) throws {
    guard let whole = try? decoder.container(keyedBy: AnyKey.self) else {
      throw TargetFile.Fault(text: "`\(key)`: expected an object with parts of the machine's model")
    }
    let known = MachineModel.parts.map(\.name) + [Self.caches]
    if let name = whole.unknownKey(besides: known) {
      throw TargetFile.Fault(text: "there is no `\(key).\(name)`: the parts are \(known.joined(separator: ", "))")
    }
    // In the order of the model, so that of several faults always the same is told.
    for (name, fields) in MachineModel.parts where whole.contains(AnyKey(name)) {
      let part = try? whole.nestedContainer(keyedBy: AnyKey.self, forKey: AnyKey(name))
      try replace(fields, by: part, at: "\(key).\(name)")
    }
    if whole.contains(AnyKey(Self.caches)) {
      try replaceCaches(by: try? whole.nestedUnkeyedContainer(forKey: AnyKey(Self.caches)), at: key)
    }
  }

  private mutating func replaceCaches(by list: (any UnkeyedDecodingContainer)?, at key: String) throws {
    guard var list, list.count ?? 0 <= model.caches.count else {
      throw TargetFile.Fault(
        text: "`\(key).\(Self.caches)`: expected a list of at most \(model.caches.count) objects, as there are caches")
    }
    while !list.isAtEnd {
      let level = list.currentIndex
      let place = "\(key).\(Self.caches)[\(level)]"
      // A container that isn't an object is not passed over, but it ends the reading.
      try replace(MachineModel.fields(ofCache: level), by: try? list.nestedContainer(keyedBy: AnyKey.self), at: place)
    }
  }

  private mutating func replace(
    _ fields: [MachineField<MachineModel>], by container: KeyedDecodingContainer<AnyKey>?, at place: String
  ) throws {
    guard let container else { throw TargetFile.Fault(text: "`\(place)`: expected an object with numbers by name") }
    if let name = container.unknownKey(besides: fields.map(\.name)) {
      let known = fields.map(\.name).joined(separator: ", ")
      throw TargetFile.Fault(text: "there is no `\(place).\(name)`: there are \(known)")
    }
    for field in fields {
      let name = AnyKey(field.name)
      guard container.contains(name) else { continue }
      func read<Value: Decodable>(_ expectation: String, where isValid: (Value) -> Bool) throws -> Value {
        guard let value = try? container.decode(Value.self, forKey: name), isValid(value) else {
          throw TargetFile.Fault(text: "`\(place).\(field.name)`: expected \(expectation)")
        }
        return value
      }
      switch field.value {
      case .number(let path, let range):
        let bounds = "\(range.lowerBound.shortest) to \(range.upperBound.shortest)"
        model[keyPath: path] = try read("a number from \(bounds)") { range.contains($0) }
      case .count(let path, let range):
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        model[keyPath: path] = try read("a whole number from \(bounds)") { range.contains($0) }
      case .flag(let path):
        model[keyPath: path] = try read("true or false") { (_: Bool) in true }
      }
    }
  }
}

extension Double {
  /// Without a fraction where there is none.
  fileprivate var shortest: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}
