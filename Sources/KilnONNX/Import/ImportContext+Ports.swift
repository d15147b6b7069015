import KilnGraph

extension ImportContext {
  /// Defines the run-time inputs.
  ///
  /// An input that is also a constant is the constant: its default is all Kiln needs.
  ///
  /// - Parameter options: the user's choices of dimensions and elements.
  mutating func defineInputs(_ inputs: [ValueInfoProto], _ options: ImportOptions) throws {
    let shapes = options.shapes
    var names: Set<String> = []
    var runTime: [String] = []
    for input in inputs {
      guard names.insert(input.name).inserted else {
        throw ModelError(.malformed, "\(fileName): the input '\(input.name)' is there twice")
      }
      guard binding(input.name) == nil else { continue }
      runTime.append(input.name)
      try check(shapes[input.name], of: ModelInput(input))
      let known = options.constants[input.name]
      do throws(ImportFailure) {
        let binding: Binding
        do throws(ImportFailure) {
          let type = try inputType(input, choice: shapes[input.name] ?? known?.shape)
          if let known, known.type != type {
            throw ImportFailure.unsupported("it is \(type), the elements that are given are \(known.type)")
          }
          let value = known.map { graph.addConstant(input.name, $0) } ?? graph.addInput(input.name, type)
          narrowTypes[value] = NarrowElementType(dataType: input.type?.elementType ?? 0)
          binding = .value(value)
        } catch .unsupported(let reason) {
          let isOpen = shapes[input.name] == nil && known == nil && ModelInput(input).defaultShape == nil
          unsupported.append(
            .init(
              node: input.name, operation: "Input", reason: reason,
              shape: isOpen ? ModelInput(input).exampleShape : nil))
          binding = .unknown
        }
        try define(input.name, as: binding)
      } catch {
        throw located(error, "input '\(input.name)'")
      }
    }
    if let name = shapes.keys.sorted().first(where: { !runTime.contains($0) }) {
      let fault = names.contains(name) ? "this input is a constant of the model" : "the model has no such input"
      let list = runTime.map { "'\($0)'" }.joined(separator: ", ")
      throw ImportOptionError(
        description: "--shape \(name): \(fault); \(list.isEmpty ? "it has no others" : "its inputs are \(list)")")
    }
  }

  /// Makes the values that the graph promises its results.
  mutating func defineResults(_ outputs: [ValueInfoProto]) throws(ModelError) {
    guard !outputs.isEmpty else { throw ModelError(.malformed, "\(fileName): the graph has no output") }
    for output in outputs {
      switch binding(output.name) {
      case .value(let value) where sequences[value] != nil:
        unsupported.append(
          .init(node: output.name, operation: "Output", reason: "it is a sequence; make its tensors outputs"))
      case .value(let value):
        try checkType(of: value, against: output)
        graph.addOutput(output.name, value)
      case .unknown: continue
      case .unsupported(let reason):
        unsupported.append(.init(node: output.name, operation: "Output", reason: reason))
      case .absent, nil:
        throw ModelError(.malformed, "\(fileName): nothing computes the output '\(output.name)'")
      }
    }
  }

  private func inputType(_ input: ValueInfoProto, choice: [Int]?) throws(ImportFailure) -> TensorType {
    guard let type = input.type else { throw .malformed("it has no type") }
    guard type.isTensor else { throw .unsupported("it is not a tensor; Kiln has no sequences, maps and optionals") }
    let scalar = try ScalarType(widening: type.elementType)
    let shape: [Int]
    if let choice {
      shape = choice
    } else {
      shape = try openShape(ModelInput(input))
    }
    return try ImportFailure.wrap { () throws(OperatorError) in try .checked(scalar, shape) }
  }

  /// The dimensions without a choice of the user's.
  private func openShape(_ input: ModelInput) throws(ImportFailure) -> [Int] {
    if let shape = input.defaultShape { return shape }
    let example = input.exampleShape.map(String.init).joined(separator: ",")
    throw .unsupported(
      "its dimensions \(input.dimensionText) are open; fix them, for instance with --shape \(input.name)=\(example)")
  }

  /// Throws unless a choice of the user's agrees with the dimensions that the model fixes.
  private func check(_ choice: [Int]?, of input: ModelInput) throws(ImportOptionError) {
    guard let choice, !input.fits(choice) else { return }
    throw ImportOptionError(
      description: "--shape \(input.name)=\(choice.map(String.init).joined(separator: ",")): the model fixes "
        + input.dimensionText)
  }

  private func checkType(of value: ValueID, against output: ValueInfoProto) throws(ModelError) {
    guard let declared = output.type, declared.isTensor, declared.elementType != 0 else { return }
    do throws(ImportFailure) {
      let scalar = try ScalarType(widening: declared.elementType)
      guard scalar == type(value).scalar else {
        throw .malformed("it is declared as \(scalar) but computed as \(type(value).scalar)")
      }
    } catch {
      throw located(error, "output '\(output.name)'")
    }
  }
}
