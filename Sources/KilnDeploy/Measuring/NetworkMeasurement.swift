import KilnEmission
import KilnGraph

/// What was measured of a network on a machine, this one or a board.
package struct NetworkMeasurement: Encodable, Sendable {
  /// What is measured, and how.
  package struct Request {
    /// The program of the folded network, or of the one that is measured alone.
    package var executable: NetworkExecutable
    /// The program without folding, to be measured in turns with the other.
    package var unfolded: NetworkExecutable?
    /// The program's inputs.
    package var inputs: [Tensor]
    /// What it must compute, and what that was computed by; `nil` to compare with nothing.
    package var expected: (outputs: [Tensor], origin: String)?
    /// The layers, when they are to be measured too.
    package var plan: PlanFacts?
    /// Inferences that are timed; `nil` for as many as take a second.
    package var runs: Int?
    /// Inferences before those.
    package var warmUp: Int?

    /// Makes a request.
    package init(
      executable: NetworkExecutable, unfolded: NetworkExecutable?, inputs: [Tensor],
      expected: (outputs: [Tensor], origin: String)?, plan: PlanFacts?, runs: Int?, warmUp: Int?
    ) {
      self.executable = executable
      self.unfolded = unfolded
      self.inputs = inputs
      self.expected = expected
      self.plan = plan
      self.runs = runs
      self.warmUp = warmUp
    }
  }

  /// How an output compares with what it should be.
  package struct Output: Encodable, Sendable {
    /// Its name.
    package let name: String
    /// Whether each bit is the same.
    package let isEqual: Bool
    /// The largest difference of an element.
    package let largestDifference: Double
    /// That, relative to the largest magnitude of what it should be.
    package let relativeDifference: Double
  }

  /// Where it ran: `this machine`, or a board's address.
  package let place: String
  /// What the machine is.
  package let machine: MachineFacts
  /// How it was before.
  package let before: MachineState
  /// How it was after.
  package let after: MachineState
  /// The times of the folded network.
  package let folded: BenchmarkReport
  /// The times without folding.
  package let unfolded: BenchmarkReport?
  /// How many times as fast folding makes the network.
  package let gain: Gain?
  /// Bytes of the program.
  package let binaryByteCount: Int
  /// What the outputs were compared with; `nil` when they weren't.
  package let comparedWith: String?
  /// The outputs, compared.
  package let outputs: [Output]
  /// The layers, when they were asked for.
  package let layers: [LayerMeasurement]
  /// Why the figures may not be what they seem.
  package let warnings: [String]

  /// Measures.
  ///
  /// - Parameter onProgress: is called with what begins.
  /// - Throws: `ToolError` when a program fails there or the machine goes away.
  package init(_ request: Request, in place: any Workplace, onProgress: (String) -> Void) throws {
    onProgress("copying to \(place)")
    let names = try place.put(request.inputs)
    let executable = try MeasuredExecutable(request.executable, as: "folded", inputs: names, in: place)
    let unfolded = try request.unfolded.map {
      try MeasuredExecutable($0, as: "unfolded", inputs: names, in: place)
    }

    onProgress("running on \(place)")
    let computed = try executable.run()
    outputs = zip(zip(request.executable.interface.outputs, computed), request.expected?.outputs ?? []).map {
      Output(name: $0.0.name, of: $0.1, from: $1)
    }
    comparedWith = request.expected?.origin

    onProgress("timing on \(place)")
    machine = MachineFacts(try place.run(MachineFacts.script).output)
    before = MachineState(try place.run(MachineState.script).output)
    let pair = try unfolded.map {
      try InterleavedMeasurement(executable, $0, runs: request.runs, warmUp: request.warmUp)
    }
    let single =
      pair == nil || request.plan != nil
      ? try executable.measure(runs: request.runs, warmUp: request.warmUp, layers: request.plan != nil) : nil
    after = MachineState(try place.run(MachineState.script).output)
    guard let folded = pair?.first ?? single else { preconditionFailure("one of them was measured") }

    self.place = "\(place)"
    self.folded = folded
    self.unfolded = pair?.second
    gain = pair?.gain
    binaryByteCount = try Files.size(request.executable.path)
    layers = zip(request.plan?.layers ?? [], single?.layers ?? []).map {
      LayerMeasurement($0, $1, peakGigaflops: folded.peakGigaflops)
    }
    warnings = MeasurementWarnings.texts(machine: machine, before: before, after: after, report: folded)
  }
}

extension NetworkMeasurement.Output {
  fileprivate init(name: String, of tensor: Tensor, from reference: Tensor) {
    let error = TensorError(of: tensor, from: reference)
    self.name = name
    isEqual = tensor.type == reference.type && tensor.storage.bytes.elementsEqual(reference.storage.bytes)
    largestDifference = error.absolute
    relativeDifference = error.relative
  }
}

/// A layer's time beside its work.
package struct LayerMeasurement: Encodable, Sendable {
  /// The layer's name.
  package let name: String
  /// Its operator.
  package let operation: String
  /// The type of its result.
  package let output: String
  /// The median of its time.
  package let microseconds: Double
  /// Billions of floating-point operations per second, two per multiply-accumulate.
  package let gigaflops: Double
  /// The share of what the core does at its best.
  package let shareOfPeak: Double

  init(_ layer: PlanFacts.Layer, _ time: BenchmarkReport.Layer, peakGigaflops: Double) {
    name = layer.name
    operation = layer.operation
    output = layer.output
    microseconds = time.median
    gigaflops = Double(2 * layer.multiplyAccumulates) / max(time.median, 1e-3) / 1000
    shareOfPeak = gigaflops / max(peakGigaflops, 1e-3)
  }
}
