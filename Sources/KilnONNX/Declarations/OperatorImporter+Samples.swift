import KilnGraph

extension OperatorImporter {
  /// The networks that this importer makes of the examples of its newest version, with elements of one type: of those that
  /// compute something at run time, where it has such.
  ///
  /// - Returns: a network for each example that takes elements of this type.
  func samples(of scalar: ScalarType) -> [Graph] {
    let newest = examples(version: versions[0])
    let computed = newest.filter { $0.operands.contains { operand in operand.map { $0.values == nil } ?? false } }
    return (computed.isEmpty ? newest : computed).compactMap { try? sample($0, scalar, version: versions[0]) }
  }

  /// The examples of the form that the operator has in a version.
  func examples(version: Int) -> [NodeExample] {
    let known = examples.filter { $0.version ?? 0 <= version }
    let newest = known.map { $0.version ?? 0 }.max()
    return known.filter { $0.version ?? 0 == newest }
  }

  /// The network that this importer makes of an example.
  func sample(
    _ example: NodeExample, _ scalar: ScalarType, version: Int, trace: ImportTrace? = nil
  ) throws(ImportFailure) -> Graph {
    var context = ImportContext(
      fileName: name, graph: Graph(name: name), node: .none, limits: ImportLimits(byteCount: 0),
      decoder: TensorDecoder(externalData: ExternalData(folder: "")))
    context.scopes = [Scope(opsets: [domain: version])]
    context.capacities.others = 16
    var inputs: [ValueID?] = []
    for (index, operand) in example.operands.enumerated() {
      guard let operand else {
        inputs.append(nil)
        continue
      }
      let operandName = "input\(index)"
      let type = TensorType(operand.scalar ?? scalar, operand.shape)
      if let count = operand.sequenceCount {
        let elements = (0..<count).map { context.graph.addInput("\(operandName).\($0)", type) }
        inputs.append(context.addSequence(elements))
        continue
      }
      guard let values = operand.values else {
        inputs.append(context.graph.addInput(operandName, type))
        continue
      }
      let tensor = Tensor(shape: operand.shape, doubles: values, as: type.scalar)
      inputs.append(context.graph.addConstant(operandName, tensor))
    }
    context.node = NodeDescription(
      name: name, importer: self, version: version, inputs: inputs,
      outputs: (0..<example.outputCount).map { "output\($0)" },
      attributes: try Attributes(example.attributes), trace: trace)
    let results = try body(&context)
    context.graph.setOutputs(
      results.prefix(example.outputCount).enumerated().compactMap { index, result in
        result.map { Port(name: "output\(index)", value: $0) }
      })
    context.graph.removeUnused()
    return context.graph
  }
}
