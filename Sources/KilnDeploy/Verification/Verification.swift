import KilnEmission
import KilnGraph
import KilnPasses
import KilnPlanning

/// A folded and an unfolded program beside the reference interpreter, which computes the model as it is.
package struct Verification: Encodable, Sendable {
  /// A layer of the folded program.
  package struct Layer: Encodable, Sendable {
    /// The layer's name.
    package let name: String
    /// Its operator; joined by `+` where several are computed together, of which the last is compared.
    package let operation: String
    /// The value of the model that it computes.
    package let value: String
    /// Its error; `nil` when the model has no such value.
    package let error: TensorError?
  }

  /// An output of the model.
  package struct Output: Encodable, Sendable {
    /// Its name.
    package let name: String
    /// The folded program's error.
    package let folded: TensorError
    /// The unfolded program's error.
    package let unfolded: TensorError
  }

  /// The folded program's layers.
  package let layers: [Layer]
  /// The model's outputs.
  package let outputs: [Output]
  /// Microseconds of an inference of the folded program: the median.
  package let foldedMicroseconds: Double
  /// Microseconds of an inference of the unfolded program.
  package let unfoldedMicroseconds: Double

  /// How many times as fast the folded program is.
  package let gain: Gain

  /// The largest relative error of a layer or output of the folded program.
  package var largestRelativeError: Double {
    (layers.compactMap { $0.error?.relative } + outputs.map(\.folded.relative)).max() ?? 0
  }

  /// One of the two programs: what was planned, and what was built of it.
  package struct Build {
    let graph: OptimizedGraph
    let plan: Program
    let executable: NetworkExecutable

    /// Puts together a plan and what was built of it.
    package init(graph: OptimizedGraph, plan: Program, executable: NetworkExecutable) {
      self.graph = graph
      self.plan = plan
      self.executable = executable
    }
  }

  /// Runs and times the programs, and interprets the model.
  ///
  /// - Parameter onProgress: is called with what begins.
  package init(
    model: Graph, folded: Build, unfolded: Build, inputs: [Tensor], onProgress: (String) -> Void
  ) throws {
    onProgress("running")
    let (foldedOutputs, dump) = try folded.executable.runLayers(inputs)
    let unfoldedOutputs = try unfolded.executable.run(inputs)
    let results = try LayerDump(dump, of: folded.plan, origins: folded.graph.layoutOrigins)

    onProgress("interpreting the model")
    let layers = folded.plan.layers
    let indices = Dictionary(grouping: layers.indices) { results.name(ofLayer: $0) }
    var errors = [TensorError?](repeating: nil, count: layers.count)
    let references = try Interpreter(model).run(inputs) { value, reference in
      for index in indices[model[value].name] ?? [] {
        errors[index] = results.tensor(ofLayer: index).map { TensorError(of: $0, from: reference) }
      }
    }
    self.layers = layers.indices.map { index in
      let node = layers[index].node
      return Layer(
        name: node.name, operation: layers[index].operation, value: results.name(ofLayer: index), error: errors[index])
    }
    outputs = zip(model.outputs, references).enumerated().map { index, output in
      Output(
        name: output.0.name, folded: TensorError(of: foldedOutputs[index], from: output.1),
        unfolded: TensorError(of: unfoldedOutputs[index], from: output.1))
    }

    onProgress("timing")
    let times = try LocalWorkplace.use { place in
      let names = try place.put(inputs)
      return try InterleavedMeasurement(
        MeasuredExecutable(folded.executable, as: "folded", inputs: names, in: place),
        MeasuredExecutable(unfolded.executable, as: "unfolded", inputs: names, in: place))
    }
    foldedMicroseconds = times.first.median
    unfoldedMicroseconds = times.second.median
    gain = times.gain
  }
}
