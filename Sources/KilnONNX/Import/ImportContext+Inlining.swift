import KilnGraph

/// Names a function of a model.
struct FunctionKey: Hashable {
  var domain: String
  var name: String
  var overload: String
}

extension ImportContext {
  /// Imports the body of a function in place of a call of it.
  ///
  /// - Returns: what the function's outputs stand for.
  mutating func inline(
    _ function: FunctionProto, name: String, operands: [Binding], attributes: Attributes
  ) throws(ImportFailure) -> [Binding] {
    guard operands.count <= function.inputs.count else {
      throw .malformed("it has \(operands.count) inputs, the function takes \(function.inputs.count)")
    }
    var scope = Scope(prefix: name + "/", opsets: innermost.opsets)
    for opset in function.opsetImports { scope.opsets[opset.domain] = opset.version }
    for (index, formal) in function.inputs.enumerated() {
      let operand = operands.indices.contains(index) ? operands[index] : .absent
      guard scope.bindings.updateValue(operand, forKey: formal) == nil else {
        throw .malformed("the function's input '\(formal)' is there twice")
      }
    }
    for attribute in function.attributeDefaults { scope.attributes[attribute.name] = attribute }
    scope.attributes.merge(attributes.all) { $1 }
    return try results(of: function.nodes, outputs: function.outputs, in: scope, constants: nil)
  }

  /// Imports a subgraph in place of the node at hand.
  ///
  /// - Parameters:
  ///   - label: tells the names of what is made here from those of other subgraphs of the node.
  ///   - operands: what its inputs stand for, as many as it has; `nil` where a node that is not supported computes one.
  /// - Returns: the subgraph's results; `nil` where a node that is not supported computes one.
  mutating func inline(
    _ subgraph: GraphProto, label: String = "", operands: [ValueID?] = []
  ) throws(ImportFailure) -> [ValueID?] {
    var scope = Scope(
      seesOutside: true, prefix: "\(node.name)/\(label)", opsets: innermost.opsets, attributes: innermost.attributes)
    for (formal, operand) in zip(subgraph.inputs, operands) {
      scope.bindings[formal.name] = operand.map { .value($0) } ?? .unknown
    }
    let outputs = subgraph.outputs.map(\.name)
    let results = try results(of: subgraph.nodes, outputs: outputs, in: scope, constants: subgraph)
    var values: [ValueID?] = []
    for result in results {
      switch result {
      case .value(let value): values.append(value)
      case .unknown: values.append(nil)
      case .unsupported(let reason): throw .unsupported("its result can't be read: \(reason)")
      case .absent: throw .malformed("its result is an input that was left out")
      }
    }
    return values
  }

  private mutating func results(
    of nodes: [NodeProto], outputs: [String], in scope: Scope, constants: GraphProto?
  ) throws(ImportFailure) -> [Binding] {
    guard scopes.count <= ImportLimits.maximumInliningDepth else {
      throw .malformed("functions and subgraphs are nested more than \(ImportLimits.maximumInliningDepth) deep")
    }
    guard limits.spend(inlinedNodes: nodes.count + 1) else {
      throw .malformed("inlining functions makes more nodes than a file of this size may")
    }
    scopes.append(scope)
    defer { scopes.removeLast() }
    do throws(ModelError) {
      if let constants { try defineInitializers(constants) }
      try importNodes(nodes)
    } catch {
      throw .located(error)
    }
    var results: [Binding] = []
    for output in outputs {
      guard let binding = binding(output) else { throw .malformed("nothing defines its output '\(output)'") }
      results.append(binding)
    }
    return results
  }
}
