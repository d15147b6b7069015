import Foundation
import KilnGraph
import KilnMachine
import KilnPasses

/// Measures what each quantisation costs, and chooses which layers are computed in integers.
package struct PrecisionAnalysis {
  private let calibration: Calibration
  private let calibrated: Calibration.Result
  private let network: SwitchedNetwork
  private let target: Target
  /// Samples on which each layer is measured.
  private let sampleCount: Int
  /// Decibels that a choice has to spare: the program rounds a little otherwise than what is measured.
  private static let margin = 0.5
  /// Decibels that float16 keeps for certain; a network that must keep more has float32 in the place of integers.
  private static let halfDecibels = 45.0
  /// Multiply-accumulates for which layers are measured: a minute or two of one core.
  private static let work = 2.4e11

  /// Prepares an analysis.
  ///
  /// - Parameter network: what `Calibration.switched` makes of the plan.
  package init(
    _ calibration: Calibration, _ calibrated: Calibration.Result, _ network: SwitchedNetwork, for target: Target
  ) {
    self.calibration = calibration
    self.calibrated = calibrated
    self.network = network
    self.target = target
    let graph = calibration.folded
    let products = graph.nodeIDs.reduce(0) { $0 + Double(graph.multiplyAccumulates(of: graph[$1])) }
    let runs = Double(calibration.sites.tensors.count + 2 * calibration.sites.layers.count)
    sampleCount = min(8, network.sampleCount, max(1, Int(min(8, Self.work / max(products * runs, 1)))))
  }

  /// A plan, and what is known of it.
  package struct Result: Sendable {
    /// The plan.
    package var plan: QuantizationPlan
    /// What is known of each layer.
    package var report: PrecisionReport
  }

  /// Measures each layer, and takes back as many as the goal asks for.
  ///
  /// - Parameter goal: `nil` where all layers are to be computed in integers.
  package func result(
    for goal: PrecisionGoal?, onProgress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> Result {
    let sites = calibration.sites
    let runs = (goal == nil ? 0 : sites.tensors.count) + 2 * sites.layers.count
    var done = 0
    func losses(_ choices: [SwitchedNetwork.Switches]) throws -> [QuantizationLoss] {
      try network.losses(choices, sampleCount: sampleCount) {
        done += 1
        onProgress(done, runs)
      }
    }
    let alone = try losses(
      sites.layers.enumerated().map { index, layer in
        SwitchedNetwork.Switches(tensors: layer.tensors, layers: [index])
      })
    var integerLayers = Set(sites.layers.indices)
    if let goal {
      let tensors = try losses(sites.tensors.indices.map { SwitchedNetwork.Switches(tensors: [$0]) })
      integerLayers = try search(for: goal, tensors: tensors, alone: alone)
    }

    var before: Set<Int> = []
    let accumulated = try losses(
      sites.layers.indices.map { index in
        if integerLayers.contains(index) { before.insert(index) }
        return sites.switches(integerLayers: before)
      })
    let precision = alternative(goal)
    let layers = sites.layers.enumerated().map { index, layer in
      let own = integerLayers.contains(index) ? LayerPrecision.int8 : precision
      // A real result has no range of its own.
      let range = calibrated.ranges[layer.output ?? layer.input]
      return PrecisionReport.Layer(
        name: layer.name, precision: own, least: range.least, greatest: range.greatest,
        clippedShare: own == .int8 ? range.clippedShare : 0, alone: alone[index].finiteDecibels,
        accumulated: accumulated[index].finiteDecibels,
        microseconds: LayerTime.microseconds(of: layer.node, in: calibration.folded, own, on: target))
    }
    return Result(
      plan: plan(integerLayers, otherwise: precision, isMixed: goal != nil),
      report: PrecisionReport(layers: layers, sampleCount: sampleCount, isRandom: calibrated.plan.isRandom))
  }

  /// What layers are computed in that aren't computed in integers.
  private func alternative(_ goal: PrecisionGoal?) -> LayerPrecision {
    target.computesHalves && goal?.decibels ?? 0 <= Self.halfDecibels ? .float16 : .float32
  }

  private func search(
    for goal: PrecisionGoal, tensors: [QuantizationLoss], alone: [QuantizationLoss]
  ) throws -> Set<Int> {
    let sites = calibration.sites
    let other = alternative(goal)
    let costs = sites.layers.map { layer in
      let times = [other, .int8].map { LayerTime.microseconds(of: layer.node, in: calibration.folded, $0, on: target) }
      return max(times[0] - times[1], 1e-3)
    }
    let weights = sites.layers.enumerated().map { index, layer in
      max(0, layer.tensors.reduce(alone[index].noise) { $0 - tensors[$1].noise })
    }
    var search = PrecisionSearch(
      tensorNoise: tensors.map(\.noise), layerNoise: weights, costs: costs, layersOfTensor: sites.layersOfTensor)
    let signal = alone.first?.signal ?? 0
    let wanted = PrecisionGoal(decibels: goal.decibels.map { $0 + Self.margin }, agreement: goal.agreement)
    var aim = wanted.decibels ?? 0
    while true {
      while signal > 0, search.noise > 0, 10 * log10(signal / search.noise) < aim, search.takeBack() {}
      let loss = try network.losses(
        [sites.switches(integerLayers: search.integerLayers)], sampleCount: network.sampleCount)[0]
      if loss.meets(wanted) || search.integerLayers.isEmpty { return search.integerLayers }
      // As far beyond as it fell short; agreement says nothing of how far.
      let missing = loss.meets(PrecisionGoal(decibels: wanted.decibels)) ? 2 : (wanted.decibels ?? 0) - loss.decibels
      aim = max(aim, search.noise > 0 ? 10 * log10(signal / search.noise) : aim) + max(0.25, missing)
      if search.noise == 0, !search.takeBack() { return search.integerLayers }
    }
  }

  private func plan(
    _ integerLayers: Set<Int>, otherwise precision: LayerPrecision, isMixed: Bool
  ) -> QuantizationPlan {
    let sites = calibration.sites
    var plan = calibrated.plan
    let on = sites.switches(integerLayers: integerLayers)
    for (index, tensor) in sites.tensors.enumerated() where !on.tensors.contains(index) {
      plan.tensors[calibration.folded[tensor].name] = nil
    }
    for (index, layer) in sites.layers.enumerated() where !integerLayers.contains(index) {
      plan.layers[layer.name] = precision
      plan.corrections[layer.name] = nil
    }
    if isMixed, precision == .float16 {
      for name in calibration.otherLayers where plan.layers[name] == nil { plan.layers[name] = .float16 }
    }
    return plan
  }
}

extension QuantizationLoss {
  fileprivate var finiteDecibels: Double? { decibels.isFinite ? decibels : nil }
}
