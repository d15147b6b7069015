import KilnGraph

extension ImportContext {
  /// What a name stands for; `nil` when nothing defines it.
  func binding(_ name: String) -> Binding? {
    for scope in scopes.reversed() {
      if let binding = scope.bindings[name] { return binding }
      if !scope.seesOutside { return nil }
    }
    return nil
  }

  /// The names of values in the file.
  ///
  /// A value that has several has its own among them, else the first.
  var fileNames: [ValueID: String] {
    var names: [ValueID: String] = [:]
    for (name, binding) in scopes[0].bindings {
      guard case .value(let value) = binding else { continue }
      let known = names[value]
      if name == graph[value].name || known.map({ name < $0 && $0 != graph[value].name }) ?? true {
        names[value] = name
      }
    }
    return names
  }

  /// The scope of the nodes being imported.
  ///
  /// Precondition: there is one.
  var innermost: Scope {
    get { scopes[scopes.count - 1] }
    _modify { yield &scopes[scopes.count - 1] }
  }

  /// Says what `name` stands for in the innermost scope.
  mutating func define(_ name: String, as binding: Binding) throws(ImportFailure) {
    guard innermost.bindings.updateValue(binding, forKey: name) == nil else {
      throw .malformed("'\(name)' is defined twice")
    }
  }

  /// Gives the node at hand's results their names in the model.
  ///
  /// - Parameter firstNew: the number of the first value that the node made: only those get the name.
  mutating func defineOutputs(
    _ names: [String], as results: [Binding], firstNew: Int
  ) throws(ImportFailure) {
    var renamed: Set<ValueID> = []
    for (index, name) in names.enumerated() where !name.isEmpty {
      guard results.indices.contains(index) else {
        throw .malformed("it has an output '\(name)' too many")
      }
      if case .value(let value) = results[index], value.index >= firstNew, renamed.insert(value).inserted {
        graph.rename(value, to: innermost.prefix + name)
      }
      try define(name, as: results[index])
    }
  }

  /// Defines the constants of a graph.
  ///
  /// A constant that Kiln can't represent is no error before somebody reads it.
  mutating func defineInitializers(_ graph: GraphProto) throws(ModelError) {
    for proto in graph.initializers {
      do throws(ImportFailure) {
        let binding: Binding
        do throws(ImportFailure) {
          binding = .value(try addConstant(proto, name: innermost.prefix + proto.name))
        } catch .unsupported(let reason) {
          binding = .unsupported(reason)
        }
        try define(proto.name, as: binding)
      } catch {
        throw located(error, "tensor '\(proto.name)'")
      }
    }
    for proto in graph.sparseInitializers {
      let name = proto.values?.name ?? ""
      do throws(ImportFailure) {
        let tensor = try dense(proto)
        try define(name, as: .value(self.graph.addConstant(innermost.prefix + name, tensor)))
      } catch .unsupported(let reason) {
        unsupported.append(.init(node: name, operation: "sparse_initializer", reason: reason))
      } catch {
        throw located(error, "sparse tensor '\(name)'")
      }
    }
  }

  /// A failure as an error that names the file and the place in it.
  func located(_ failure: ImportFailure, _ place: String) -> ModelError {
    switch failure {
    case .malformed(let reason), .unsupported(let reason): ModelError(.malformed, "\(fileName): \(place): \(reason)")
    case .missing(let reason): ModelError(.missing, "\(fileName): \(place): \(reason)")
    case .located(let error): error
    }
  }

  /// A name for a node that no other has.
  mutating func uniqueNodeName(_ name: String) -> String {
    var candidate = name
    var suffix = 1
    while nodePositions[candidate] != nil {
      suffix += 1
      candidate = "\(name)_\(suffix)"
    }
    nodePositions[candidate] = nodePositions.count
    return candidate
  }
}
