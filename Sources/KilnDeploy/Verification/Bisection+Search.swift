import KilnGraph
import KilnPasses

extension Bisection {
  /// What is known of one run of a program, and the questions that are asked of it.
  struct Search {
    let build: Verification.Build
    let inputs: [Tensor]
    let dump: LayerDump
    let tolerance: Double

    /// A layer that computes something else than the reference does from the same operands.
    struct WrongLayer {
      let index: Int
      let error: TensorError
      let difference: TensorDifference?
    }

    func isOver(_ error: TensorError) -> Bool { error.relative > tolerance }

    /// The first such layer, and the error of each layer up to there.
    ///
    /// Complexity: that of interpreting it.
    func firstWrongLayer() throws(OperatorError) -> (layer: WrongLayer?, errors: [Int: TensorError]) {
      let indices = layerOfValue
      var found: WrongLayer?
      var errors: [Int: TensorError] = [:]
      try Interpreter(build.plan.graph).follow(inputs) { value, reference in
        guard let index = indices[value] else { return reference }
        guard index < dump.layerCount else { return nil }
        guard let result = dump.result(ofLayer: index) else { return reference }
        let error = TensorError(of: result, from: reference)
        errors[index] = error
        guard isOver(error) else { return result }
        found = WrongLayer(index: index, error: error, difference: difference(of: result, from: reference, error))
        return nil
      }
      return (found, errors)
    }

    /// How far each layer's result is from what the model says, by the values' names, and the model's outputs.
    func errors(from model: Graph) throws(OperatorError) -> (errors: [String: TensorError], outputs: [Tensor]) {
      let indices = layersOfName
      var errors: [String: TensorError] = [:]
      let outputs = try Interpreter(model).run(inputs) { value, reference in
        let name = model[value].name
        // Of several layers with one value, the last.
        for index in indices[name] ?? [] {
          if let result = dump.tensor(ofLayer: index) { errors[name] = TensorError(of: result, from: reference) }
        }
      }
      return (errors, outputs)
    }

    /// The first layer, up to `last`, that computes something else than the model when no kernel is involved.
    func faultOfPasses(
      _ model: Graph, upTo last: Int, _ errors: [String: TensorError]
    ) throws(OperatorError) -> LayerFault? {
      let (layers, names) = (layerOfValue, layersOfName)
      var tensors = [Tensor?](repeating: nil, count: last + 1)
      try Interpreter(build.plan.graph).follow(inputs) { value, tensor in
        guard let index = layers[value] else { return tensor }
        guard index <= last else { return nil }
        tensors[index] = LayerDump.original(tensor, build.graph.layoutOrigins[value]?.permutation)
        return tensor
      }
      var wrong: [WrongLayer] = []
      _ = try Interpreter(model).run(inputs) { value, reference in
        for index in names[model[value].name] ?? [] where index <= last {
          guard let tensor = tensors[index] else { continue }
          let error = TensorError(of: tensor, from: reference)
          guard isOver(error) else { continue }
          wrong.append(
            WrongLayer(index: index, error: error, difference: difference(of: tensor, from: reference, error)))
        }
      }
      guard let first = wrong.min(by: { $0.index < $1.index }) else { return nil }
      return LayerFault(
        first.index, of: build.plan, origins: build.graph.layoutOrigins, errors: errors, cause: .passes,
        ownError: first.error, difference: first.difference)
    }

    /// What is wrong with a layer: its kernel, or the layer that wrote over its operands.
    func fault(_ layer: WrongLayer, _ errors: [String: TensorError]) throws -> LayerFault {
      LayerFault(
        layer.index, of: build.plan, origins: build.graph.layoutOrigins, errors: errors,
        cause: try overwriting(ofOperandsOf: layer.index) ?? .kernel, ownError: layer.error,
        difference: layer.difference)
    }

    /// A layer whose own result isn't what is wrong.
    func fault(_ index: Int, _ errors: [String: TensorError], _ cause: LayerFault.Cause) -> LayerFault {
      LayerFault(index, of: build.plan, origins: build.graph.layoutOrigins, errors: errors, cause: cause)
    }

    /// Whether an operand of a layer was no longer what it had been when the layer began, and who changed it.
    ///
    /// Complexity: a run of the program for each binary digit of the layers between.
    private func overwriting(ofOperandsOf index: Int) throws -> LayerFault.Cause? {
      let before = try build.executable.state(after: index, inputs)
      for source in sources(of: index) {
        guard let written = dump.result(ofLayer: source), differs(written, dump.result(ofLayer: source, in: before))
        else { continue }
        // Whole after `whole` layers, changed after `changed`.
        var (whole, changed) = (source + 1, index)
        while changed - whole > 1 {
          let middle = (whole + changed) / 2
          let state = try build.executable.state(after: middle, inputs)
          if differs(written, dump.result(ofLayer: source, in: state)) { changed = middle } else { whole = middle }
        }
        return .overwrittenInput(
          value: dump.name(ofLayer: source), by: changed - 1, name: build.plan.layers[changed - 1].node.name)
      }
      return nil
    }

    private func differs(_ written: Tensor, _ now: Tensor?) -> Bool {
      now.map { !$0.storage.bytes.elementsEqual(written.storage.bytes) } ?? false
    }

    /// The layers whose results a layer reads, through nodes that are only views.
    private func sources(of index: Int) -> [Int] {
      let graph = build.plan.graph
      let layers = layerOfValue
      var sources: Set<Int> = []
      var open = build.plan.layers[index].node.inputs.compactMap(\.self)
      while let value = open.popLast() {
        if let source = layers[value] {
          sources.insert(source)
        } else if let producer = graph.producer(of: value) {
          open += graph[producer].inputs.compactMap(\.self)
        }
      }
      return sources.sorted()
    }

    func difference(of tensor: Tensor, from reference: Tensor, _ error: TensorError) -> TensorDifference? {
      guard tensor.shape == reference.shape else { return nil }
      return TensorDifference(of: tensor, from: reference, allowed: tolerance * error.referenceMagnitude)
    }

    private var layerOfValue: [ValueID: Int] {
      let layers = build.plan.layers
      return Dictionary(layers.indices.map { (layers[$0].node.outputs[0], $0) }) { first, _ in first }
    }

    var layersOfName: [String: [Int]] {
      Dictionary(grouping: build.plan.layers.indices) { dump.name(ofLayer: $0) }
    }
  }
}
