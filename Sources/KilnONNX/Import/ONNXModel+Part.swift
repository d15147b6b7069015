import KilnGraph

extension ONNXModel {
  /// The part of the model that the options name, as a model of its own, and what of the options is about it.
  ///
  /// An input in the middle of the model has the type that the nodes before it give it, else what the file states, else float32
  /// of the dimensions that the options have for it. Complexity: that of importing what is before such inputs, else O(names).
  ///
  /// - Throws: `ImportOptionError` for tensors that the model doesn't have, that can't be given or computed, or of which
  ///   nothing says what they hold, and as importing does.
  func part(_ options: ImportOptions) throws -> (model: ONNXModel, options: ImportOptions) {
    let part = options.part
    var options = options
    options.part = ModelPart()
    if part.isWhole { return (self, options) }

    let names = TensorNames(graph)
    try names.check(part)
    let outputs = part.outputs.isEmpty ? graph.outputs.map(\.name) : part.outputs
    let needed = names.needed(by: outputs, given: Set(part.inputs))
    if let input = part.inputs.first(where: { !needed.contains($0) }) {
      throw ImportOptionError(
        description:
          "--cut-input '\(input)': no output needs it; leave it out, or choose outputs after it with --cut-output")
    }
    let ownInputs = graph.inputs.filter { needed.contains($0.name) && !names.constants.contains($0.name) }
    let given = Set(part.inputs)
    if !given.isEmpty, let left = ownInputs.first(where: { !given.contains($0.name) }) {
      throw ImportOptionError(
        description:
          "--cut-input: the outputs need '\(left.name)' too, on a path around the cut; add --cut-input '\(left.name)', "
          + "or cut that path as well")
    }

    var result = self
    result.graph.nodes = names.nodes(computing: needed.subtracting(given), given: given)
    let results = Dictionary(graph.outputs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    result.graph.outputs = outputs.map { results[$0] ?? ValueInfoProto($0) }
    result.graph.inputs = given.isEmpty ? ownInputs : try cutInputs(part.inputs, options, names)
    options.keep(for: result.graph, of: graph)
    return (result, options)
  }

  /// What is known of tensors that become inputs.
  private func cutInputs(_ inputs: [String], _ options: ImportOptions, _ names: TensorNames) throws -> [ValueInfoProto]
  {
    var known = Dictionary(graph.inputs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let others = inputs.filter { known[$0] == nil }
    var open: UnsupportedError.Item?
    if !others.isEmpty {
      var before = options
      before.part = ModelPart(outputs: others)
      before.shapes = before.shapes.filter { !others.contains($0.key) }
      let partial = try ONNXImporter.importPart(of: self, options: before, needsCapacities: false)
      let imported = partial.graph
      open = partial.unsupported.first { $0.shape != nil }
      for port in imported.outputs {
        guard imported.constant(port.value) == nil else {
          throw ImportOptionError(
            description:
              "--cut-input '\(port.name)': this is a constant of the model; name what is computed from its inputs")
        }
        known[port.name] = ValueInfoProto(port.name, TypeProto(imported.type(of: port.value)))
      }
    }
    let stated = Dictionary(graph.valueInfos.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return try inputs.map { input in
      if let info = known[input] ?? stated[input], let type = info.type, type.elementType != 0 || !type.isTensor {
        return info
      }
      guard options.shapes[input] != nil else {
        if let open {
          throw ImportOptionError(
            description: "--cut-input '\(input)': its dimensions follow from those of '\(open.node)': \(open.reason)")
        }
        throw ImportOptionError(
          description:
            "--cut-input '\(input)': nothing says what it holds\(names.origin(of: input)); if it is float32, "
            + "give its dimensions, as in --shape '\(input)=1,3,224,224', or run onnx.shape_inference on the file")
      }
      return ValueInfoProto(input, TypeProto(elementType: ScalarType.float32.dataType, shape: nil))
    }
  }
}

extension ImportOptions {
  /// Leaves out what is about inputs that the whole model has and its part doesn't.
  fileprivate mutating func keep(for part: GraphProto, of whole: GraphProto) {
    let left = Set(whole.inputs.map(\.name)).subtracting(part.inputs.map(\.name))
    shapes = shapes.filter { !left.contains($0.key) }
    constants = constants.filter { !left.contains($0.key) }
  }
}

extension TypeProto {
  /// The type of a tensor of the graph's.
  fileprivate init(_ type: TensorType) {
    self.init(elementType: type.scalar.dataType, shape: type.shape.map { .fixed($0) })
  }
}
