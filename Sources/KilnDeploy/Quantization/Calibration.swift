import Foundation
import KilnGraph
import KilnPasses

/// Finds out what the tensors of a network hold, and what they should be as numbers of 8 bits.
package struct Calibration {
  /// The network with its tensors as further outputs.
  package let graph: Graph
  /// The tensors that a plan may name.
  package let names: [String]
  private let ownOutputCount: Int

  /// Prepares a network.
  ///
  /// - Parameter model: as imported.
  /// - Throws: `PassError`.
  package init(of model: Graph) throws {
    var graph = try Passes.foldedForQuantization(model)
    let values = graph.quantizableValues
    names = values.map { graph[$0].name }
    ownOutputCount = graph.outputs.count
    for value in values { graph.addOutput(graph[value].name, value) }
    self.graph = graph
  }

  /// Whether nothing of the network would be computed in integers.
  package var isEmpty: Bool { names.isEmpty }

  /// Runs the network on every sample, twice, and chooses the quantisations.
  ///
  /// - Parameter run: computes the outputs of `graph`.
  /// - Throws: `FileError` where a tensor holds numbers that aren't finite; what `run` throws.
  package func plan(
    on inputs: CalibrationInputs, onProgress: (_ done: Int, _ all: Int) -> Void = { _, _ in },
    run: (_ inputs: [Tensor]) throws -> [Tensor]
  ) throws -> QuantizationPlan {
    var ranges = [ActivationRange](repeating: ActivationRange(), count: names.count)
    let runs = 2 * inputs.samples.count
    for (index, sample) in inputs.samples.enumerated() {
      for (place, output) in try run(sample).dropFirst(ownOutputCount).enumerated() {
        guard ranges[place].widen(to: output.floats()) else {
          throw FileError(
            .malformed, "calibration sample \(index + 1): '\(names[place])' holds numbers that aren't finite")
        }
      }
      onProgress(index + 1, runs)
    }
    for (index, sample) in inputs.samples.enumerated() {
      for (place, output) in try run(sample).dropFirst(ownOutputCount).enumerated() {
        ranges[place].count(output.floats())
      }
      onProgress(inputs.samples.count + index + 1, runs)
    }
    return QuantizationPlan(
      tensors: Dictionary(zip(names, ranges.map(\.quantization))) { first, _ in first })
  }
}

/// How much a quantised network differs from the one that it was made from.
package struct QuantizationLoss: Sendable {
  private var signal = 0.0
  private var noise = 0.0
  /// Outputs, and those whose largest number is where the original's is.
  package private(set) var outputCount = 0
  package private(set) var agreeingCount = 0

  /// Makes a loss of nothing.
  package init() {}

  /// Adds an output of the original and of the quantised network.
  package mutating func add(_ original: Tensor, _ quantized: Tensor) {
    let (a, b) = (original.doubles(), quantized.doubles())
    for (x, y) in zip(a, b) {
      signal += x * x
      noise += (x - y) * (x - y)
    }
    func largest(_ numbers: [Double]) -> Int? { numbers.indices.max { numbers[$0] < numbers[$1] } }
    outputCount += 1
    if largest(a) == largest(b) { agreeingCount += 1 }
  }

  /// The ratio of signal to noise, in decibels; infinite where nothing differs.
  package var decibels: Double { noise == 0 ? .infinity : 10 * log10(signal / noise) }
}
