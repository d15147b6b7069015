import Foundation
import KilnGraph

/// How much a network of lower precision differs from the one that it was made from.
package struct QuantizationLoss: Codable, Equatable, Sendable {
  /// The sums of the squares of the original's outputs, and of the differences from them.
  package private(set) var signal = 0.0
  package private(set) var noise = 0.0
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

  /// What a program loses on one input against another.
  package init(of quantized: Verification.Build, from original: Verification.Build, _ inputs: [Tensor]) throws {
    for (a, b) in zip(try original.executable.run(inputs), try quantized.executable.run(inputs)) { add(a, b) }
  }

  /// The ratio of signal to noise, in decibels; infinite where nothing differs.
  package var decibels: Double { noise == 0 ? .infinity : 10 * log10(signal / noise) }

  /// The share of outputs whose largest number is where the original's is.
  package var agreement: Double { outputCount == 0 ? 1 : Double(agreeingCount) / Double(outputCount) }

  /// Whether as little is lost as is asked for.
  package func meets(_ goal: PrecisionGoal) -> Bool {
    decibels >= goal.decibels ?? -.infinity && agreement >= goal.agreement ?? 0
  }
}

/// How much a network may lose by its precision.
package struct PrecisionGoal: Codable, Hashable, Sendable {
  /// The least ratio of signal to noise at the outputs, in decibels.
  package var decibels: Double?
  /// The least share of outputs whose largest number is where the original's is.
  package var agreement: Double?

  /// Makes a goal.
  package init(decibels: Double? = nil, agreement: Double? = nil) {
    self.decibels = decibels
    self.agreement = agreement
  }

  /// Whether nothing is asked for.
  package var isEmpty: Bool { decibels == nil && agreement == nil }
}
