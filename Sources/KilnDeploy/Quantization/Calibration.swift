import Foundation
import KilnGraph
import KilnPasses

/// Finds out what the tensors of a network hold, and what they should be as numbers of 8 bits.
package struct Calibration: Sendable {
  /// The network with its tensors as further outputs.
  package let graph: Graph
  /// What of the network can be quantised.
  package let sites: QuantizationSites
  /// The network as it is quantised: folded, but for residuals.
  package let folded: Graph
  private let tensorNames: [String]
  private let kept: Set<String>

  /// Prepares a network.
  ///
  /// - Parameters:
  ///   - model: as imported.
  ///   - kept: the names of layers that stay float32.
  /// - Throws: `PassError`.
  package init(of model: Graph, keeping kept: Set<String> = []) throws {
    self.kept = kept
    folded = try Passes.foldedForQuantization(model)
    sites = QuantizationSites(of: folded, keeping: kept)
    var graph = folded
    tensorNames = sites.tensors.map { graph[$0].name }
    for value in sites.tensors { graph.addOutput(graph[value].name, value) }
    self.graph = graph
  }

  /// Whether nothing of the network would be computed in integers.
  package var isEmpty: Bool { sites.layers.isEmpty }

  /// What a plan may name.
  package var names: PlanNames {
    let layers = folded.nodeIDs.filter(folded.isWeighted)
    return PlanNames(
      tensors: Set(tensorNames),
      layers: Dictionary(layers.map { (folded[$0].name, folded.outputChannels(of: $0)) }) { first, _ in first },
      equalizable: Set(layers.filter { folded.equalizablePair(from: $0) != nil }.map { folded[$0].name }))
  }

  /// The names of the layers that could be float16 though they can't be computed in integers.
  package var otherLayers: [String] {
    let known = Set(sites.layers.map(\.name))
    return folded.nodeIDs.filter(folded.isWeighted).map { folded[$0].name }.filter { !known.contains($0) }
  }

  /// The graph that measures what each quantisation of a plan costs.
  package func switched(_ plan: QuantizationPlan) throws(PassError) -> Graph {
    try Passes.switched(equalized(plan), plan, sites)
  }

  private func equalized(_ plan: QuantizationPlan) throws(PassError) -> Graph {
    var graph = folded
    try EqualizeChannels(plan.exponents).run(on: &graph)
    return graph
  }

  /// What calibration finds.
  package struct Result: Sendable {
    /// The plan.
    package var plan: QuantizationPlan
    /// For each tensor of the sites, the extremes that were seen, and the share of numbers that is clipped.
    package var ranges: [Range]

    /// What was seen of a tensor.
    package struct Range: Codable, Sendable {
      package let least: Float
      package let greatest: Float
      package let clippedShare: Double
    }
  }

  /// Runs the network on every sample, twice, and chooses the quantisations.
  ///
  /// - Parameters:
  ///   - method: how ranges are chosen.
  ///   - limitsPairs: as in the plan.
  ///   - run: computes the outputs of `graph`.
  /// - Throws: `FileError` where a tensor holds numbers that aren't finite; what `run` throws.
  package func result(
    on inputs: CalibrationInputs, by method: RangeMethod = .leastError, limitsPairs: Bool = false,
    onProgress: (_ done: Int, _ all: Int) -> Void = { _, _ in }, run: @Sendable (_ inputs: [Tensor]) throws -> [Tensor]
  ) throws -> Result {
    let ownOutputCount = graph.outputs.count - sites.tensors.count
    var statistics = zip(sites.tensors, sites.channelAxes(in: folded)).map { value, axis in
      ChannelStatistics(of: folded.type(of: value), axis: axis)
    }
    let runs = 2 * inputs.samples.count
    try Concurrently.forEach(inputs.samples, run) { index, outputs in
      for (place, output) in outputs.dropFirst(ownOutputCount).enumerated() {
        guard statistics[place].add(output) else {
          throw FileError(
            .malformed, "calibration sample \(index + 1): '\(tensorNames[place])' holds numbers that aren't finite")
        }
      }
      onProgress(index + 1, runs)
    }

    var plan = QuantizationPlan()
    plan.isRandom = inputs.isRandom
    plan.limitsPairs = limitsPairs
    for name in kept { plan.layers[name] = .float32 }
    var exponents: [Int: [Int]] = [:]
    for layer in sites.layers {
      guard let output = layer.output, folded.equalizablePair(from: layer.node)?.value == sites.tensors[output],
        let found = ChannelEqualization.exponents(
          of: layer.node, in: folded, magnitudes: statistics[output].magnitudes)
      else { continue }
      exponents[output] = found
      plan.exponents[layer.name] = found
    }

    var ranges = statistics.indices.map { statistics[$0].range(dividedBy: exponents[$0]) }
    try Concurrently.forEach(inputs.samples, run) { index, outputs in
      for (place, output) in outputs.dropFirst(ownOutputCount).enumerated() {
        ranges[place].count(statistics[place].numbers(output, dividedBy: exponents[place]))
      }
      onProgress(inputs.samples.count + index + 1, runs)
    }
    let quantizations = ranges.map { $0.quantization(by: method) }
    plan.tensors = Dictionary(zip(tensorNames, quantizations)) { first, _ in first }

    let equalized = try equalized(plan)
    // The means of what is moved to a layer, or of the largest of it, aren't known.
    for layer in sites.layers where sites.readsItsTensor(layer, in: folded) {
      let factors = exponents[layer.input]
      let means = statistics[layer.input].means.enumerated().map { $1 * pow(2, -Double(factors?[$0] ?? 0)) }
      plan.corrections[layer.name] = CorrectBiases.correction(
        of: layer.node, in: equalized, means: means, limitsPairs: limitsPairs)
    }
    let facts = zip(ranges, quantizations).map { range, quantization in
      Result.Range(
        least: range.least, greatest: range.greatest, clippedShare: range.clippedShare(quantization))
    }
    return Result(plan: plan, ranges: facts)
  }
}

extension QuantizationSites {
  /// The axis of the channels of each tensor.
  fileprivate func channelAxes(in graph: Graph) -> [Int] {
    var axes = tensors.map { min(1, max(0, graph.type(of: $0).rank - 1)) }
    for layer in layers where graph[layer.node].operation is Linear {
      for place in layer.tensors where place == layer.output || readsItsTensor(layer, in: graph) {
        axes[place] = max(0, graph.type(of: tensors[place]).rank - 1)
      }
    }
    return axes
  }

  /// Whether a layer reads its tensor as it is, not what is moved of it.
  fileprivate func readsItsTensor(_ layer: Layer, in graph: Graph) -> Bool {
    graph[layer.node].inputs.first == tensors[layer.input]
  }
}
