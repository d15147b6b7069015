import KilnGraph

extension ImportContext {
  /// Imports a list of nodes into the innermost scope.
  ///
  /// Carries on after a node that is not supported, so that all of those are found.
  ///
  /// - Throws: `ModelError` for nodes that are malformed.
  mutating func importNodes(_ nodes: [NodeProto]) throws(ModelError) {
    let order: [Int]
    do throws(ImportFailure) {
      order = try NodeOrder.topological(nodes)
    } catch {
      throw located(error, "graph '\(graph.name)'")
    }
    let outerNode = node
    for index in order { try importNode(nodes[index], index: index) }
    node = outerNode
  }

  private mutating func importNode(_ proto: NodeProto, index: Int) throws(ModelError) {
    let name = uniqueNodeName(innermost.prefix + proto.name(at: index))
    let firstNew = graph.valueCount
    do throws(ImportFailure) {
      var results: [Binding]
      do throws(ImportFailure) {
        results = try self.results(of: proto, name: name)
      } catch .unsupported(let reason) {
        unsupported.append(
          .init(
            node: name, operation: proto.qualifiedType, inputs: knownTypes(of: proto), reason: reason,
            openTensor: openCapacities[name]))
        results = proto.outputs.map { _ in .unknown }
        noteOperands(of: proto)
        noteSubgraphs(of: proto, name: name)
      }
      try defineOutputs(proto.outputs, as: results, firstNew: firstNew)
    } catch {
      throw located(error, "node '\(name)' (\(proto.qualifiedType))")
    }
  }

  private mutating func results(of proto: NodeProto, name: String) throws(ImportFailure) -> [Binding] {
    let operands = try self.operands(of: proto)
    let attributes = try Attributes(proto.attributes, outer: innermost.attributes)
    let key = FunctionKey(domain: proto.domain, name: proto.operatorType, overload: proto.overload)
    if let function = functions[key] {
      return try inline(function, name: name, operands: operands, attributes: attributes)
    }
    guard let importer = OperatorRegistry.importer(of: proto.operatorType, domain: proto.domain) else {
      throw .unsupported(OperatorRegistry.advice(for: proto.operatorType, domain: proto.domain))
    }
    guard let version = innermost.opsets[proto.domain] else {
      throw .malformed("the model does not say which version of '\(proto.domain)' it uses")
    }
    if let last = importer.lastVersion, version > last {
      throw .unsupported("ONNX has it up to operator set \(last), the model uses \(version); export the model anew")
    }
    var inputs: [ValueID?] = []
    for (operand, operandName) in zip(operands, proto.inputs) {
      switch operand {
      case .value(let value): inputs.append(value)
      case .absent: inputs.append(nil)
      case .unknown:
        unreached.append(unreachedNode(proto, name: name))
        noteOperands(of: proto)
        noteSubgraphs(of: proto, name: name)
        return proto.outputs.map { _ in .unknown }
      case .unsupported(let reason): throw .unsupported("its input '\(operandName)' can't be read: \(reason)")
      }
    }
    node = NodeDescription(
      name: name, importer: importer, version: version, inputs: inputs, outputs: proto.outputs, attributes: attributes)
    return try importer.body(&self).map { $0.map { .value($0) } ?? .unknown }
  }

  /// The types of those operands that could be imported.
  private func knownTypes(of proto: NodeProto) -> [TensorType] { knownOperands(of: proto).map(graph.type(of:)) }

  private func knownOperands(of proto: NodeProto) -> [ValueID] {
    proto.inputs.compactMap { name in
      guard !name.isEmpty, case .value(let value)? = binding(name) else { return nil }
      return value
    }
  }

  private func unreachedNode(_ proto: NodeProto, name: String) -> PartialModel.UnreachedNode {
    PartialModel.UnreachedNode(
      name: name, operation: proto.operatorType, domain: proto.domain, inputs: knownTypes(of: proto))
  }

  /// Remembers what a node reads that is not imported.
  private mutating func noteOperands(of proto: NodeProto) {
    openEnds.formUnion(knownOperands(of: proto).filter { graph.constant($0) == nil })
  }

  /// Looks at the nodes inside one that is not imported: they are not supported either, or no more is known of them than of
  /// those after it.
  private mutating func noteSubgraphs(of proto: NodeProto, name: String, depth: Int = 1) {
    guard depth <= ImportLimits.maximumInliningDepth else { return }
    for subgraph in proto.attributes.compactMap({ try? $0.graph() }) {
      guard limits.spend(inlinedNodes: subgraph.nodes.count) else { return }
      for (index, inner) in subgraph.nodes.enumerated() {
        let innerName = uniqueNodeName("\(name)/\(inner.name(at: index))")
        let (operation, domain) = (inner.operatorType, inner.domain)
        let isFunction = functions[FunctionKey(domain: domain, name: operation, overload: inner.overload)] != nil
        if isFunction || OperatorRegistry.importer(of: operation, domain: domain) != nil {
          unreached.append(unreachedNode(inner, name: innerName))
        } else {
          let reason = OperatorRegistry.advice(for: operation, domain: domain)
          unsupported.append(
            .init(node: innerName, operation: inner.qualifiedType, inputs: knownTypes(of: inner), reason: reason))
        }
        noteOperands(of: inner)
        noteSubgraphs(of: inner, name: innerName, depth: depth + 1)
      }
    }
  }

  private func operands(of proto: NodeProto) throws(ImportFailure) -> [Binding] {
    var result: [Binding] = []
    for name in proto.inputs {
      guard !name.isEmpty else {
        result.append(.absent)
        continue
      }
      guard let binding = binding(name) else { throw .malformed("it reads '\(name)', which nothing defines") }
      result.append(binding)
    }
    return result
  }
}
