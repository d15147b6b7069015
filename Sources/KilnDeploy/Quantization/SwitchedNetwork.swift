import KilnGraph
import KilnPasses

/// A network whose quantisations are switched on and off one by one, and the samples that it is measured on.
package struct SwitchedNetwork {
  /// The quantisations that are on: tensors' and layers' places among the sites.
  package struct Switches: Hashable, Sendable {
    package var tensors: Set<Int> = []
    package var layers: Set<Int> = []

    /// Makes switches.
    package init(tensors: Set<Int> = [], layers: Set<Int> = []) {
      self.tensors = tensors
      self.layers = layers
    }
  }

  private let sites: QuantizationSites
  private let samples: [[Tensor]]
  private let originals: [[Tensor]]
  private let run: @Sendable ([Tensor]) throws -> [Tensor]

  /// Computes what the network gives with everything off.
  ///
  /// - Parameters:
  ///   - samples: the network's own inputs, for each time it is run.
  ///   - run: computes the outputs of the graph that `Calibration.switched` makes.
  package init(
    _ sites: QuantizationSites, on samples: [[Tensor]], run: @escaping @Sendable ([Tensor]) throws -> [Tensor]
  ) throws {
    self.sites = sites
    self.samples = samples
    self.run = run
    let off = Self.tensor(Switches(), sites)
    originals = try Concurrently.map(samples) { try run($0 + [off]) }
  }

  /// The number of samples.
  package var sampleCount: Int { samples.count }

  /// What is lost with each of some choices of quantisations on, over the first samples.
  ///
  /// - Parameter onProgress: called when another choice has been measured.
  package func losses(
    _ choices: [Switches], sampleCount: Int, onProgress: () -> Void = {}
  ) throws -> [QuantizationLoss] {
    let samples = samples.prefix(sampleCount)
    let switches = choices.map { Self.tensor($0, sites) }
    // One by one they would leave cores without work where samples are few.
    let runs = choices.indices.flatMap { choice in samples.indices.map { (choice: choice, sample: $0) } }
    var losses = [QuantizationLoss](repeating: QuantizationLoss(), count: choices.count)
    try Concurrently.forEach(runs, { [run] in try run(samples[$0.sample] + [switches[$0.choice]]) }) { index, outputs in
      let (choice, sample) = runs[index]
      for (a, b) in zip(originals[sample], outputs) { losses[choice].add(a, b) }
      if sample == samples.count - 1 { onProgress() }
    }
    return losses
  }

  private static func tensor(_ switches: Switches, _ sites: QuantizationSites) -> Tensor {
    let places = [(sites.tensors.count, switches.tensors), (sites.layers.count, switches.layers)]
    let numbers = places.flatMap { count, on in (0..<count).map { on.contains($0) ? Float(1) : 0 } }
    return Tensor(shape: [numbers.count], floats: numbers)
  }
}

extension QuantizationSites {
  /// What is on where some layers are computed in integers: these, and the tensors that they read and write.
  package func switches(integerLayers: Set<Int>) -> SwitchedNetwork.Switches {
    let alive = tensors.indices.filter { layersOfTensor[$0].contains(where: integerLayers.contains) }
    return SwitchedNetwork.Switches(tensors: Set(alive), layers: integerLayers)
  }
}
