import KilnEmission
import KilnGraph

/// The first layer of a program, in the order of execution, that leaves the reference.
///
/// The program runs once, layer by layer. Each layer is then computed by the reference *from what the program gave it*, so
/// that a layer that only inherits an error isn't blamed, until one is over the tolerance by itself. Before it is blamed,
/// its operands are looked for in the program's memory as it was when the layer began: where they had changed, bisection
/// over the layers between finds the one that wrote over them, in as many runs as that has binary digits. When all layers
/// do what they should, what the passes made of the model is compared with the model in the same way.
package struct Bisection: Encodable, Sendable {
  /// The layers of the program.
  package let layerCount: Int
  /// The largest error allowed, relative to a tensor's largest magnitude.
  package let tolerance: Double
  /// The first layer that leaves the reference; `nil` when none does.
  package let fault: LayerFault?
  /// The largest relative error that a layer makes by itself, up to the first that is over the tolerance.
  package let largestOwnError: Double
  /// The model's outputs that are over the tolerance, and their errors; empty when the program crashed.
  package let wrongOutputs: [String: TensorError]

  /// Whether nothing is over the tolerance.
  package var passed: Bool { fault == nil && wrongOutputs.isEmpty }

  /// Runs a program, and interprets it and the model.
  ///
  /// - Parameter onProgress: is called with what begins.
  package init(
    of build: Verification.Build, model: Graph, inputs: [Tensor], tolerance: Double, onProgress: (String) -> Void
  ) throws {
    onProgress("running")
    let trace = try build.executable.traceLayers(inputs)
    let dump = try LayerDump(
      trace.dump, of: build.plan, origins: build.graph.layoutOrigins, isPartial: trace.outputs == nil)
    let search = Search(build: build, inputs: inputs, dump: dump, tolerance: tolerance)
    onProgress("interpreting the layers")
    let (introduced, ownErrors) = try search.firstWrongLayer()

    onProgress("interpreting the model")
    let (errors, references) = try search.errors(from: model)
    let drifted = build.plan.layers.indices.first { errors[dump.name(ofLayer: $0)].map(search.isOver) ?? false }
    var fault: LayerFault?
    if let drifted, drifted < introduced?.index ?? .max {
      onProgress("interpreting the folded network")
      fault = try search.faultOfPasses(model, upTo: drifted, errors)
    }
    if fault == nil, let introduced {
      onProgress("looking at the memory")
      fault = try search.fault(introduced, errors)
    }
    if fault == nil, trace.outputs == nil {
      let index = min(dump.layerCount, build.plan.layers.count - 1)
      fault = search.fault(index, errors, .crash(trace.failure))
    }
    if fault == nil, let drifted { fault = try search.faultOfRounding(drifted, model, errors, ownErrors) }

    layerCount = build.plan.layers.count
    self.tolerance = tolerance
    self.fault = fault
    largestOwnError = ownErrors.values.map(\.relative).max() ?? 0
    var wrongOutputs: [String: TensorError] = [:]
    for ((port, reference), output) in zip(zip(model.outputs, references), trace.outputs ?? []) {
      let error = TensorError(of: output, from: reference)
      if search.isOver(error) { wrongOutputs[port.name] = error }
    }
    self.wrongOutputs = wrongOutputs
  }
}
