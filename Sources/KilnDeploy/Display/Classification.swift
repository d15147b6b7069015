import Foundation
import KilnGraph

/// The classes with the highest of a tensor's scores.
package struct Classification: Sendable {
  /// A class and its score.
  struct Entry: Sendable {
    let index: Int
    let score: Double
    let label: String?
  }

  /// The highest scores first; of equal ones the first class.
  let entries: [Entry]
  /// Whether the scores are probabilities: none is negative, and their sum is 1.
  let isDistribution: Bool
  private let lowest: Double
  private let highest: Double

  /// How many classes a tensor has scores for; `nil` when it is no list of scores.
  package static func classCount(of type: TensorType) -> Int? {
    type.elementCount > 1 && type.shape.count { $0 != 1 } == 1 ? type.elementCount : nil
  }

  /// Classifies by a tensor's scores; `nil` when it is no list of scores, or one of them isn't finite.
  ///
  /// - Parameters:
  ///   - count: how many classes are named.
  ///   - labels: the names of the classes; none for classes beyond.
  package init?(_ tensor: Tensor, count: Int, labels: [String] = []) {
    let scores = tensor.doubles()
    guard Self.classCount(of: tensor.type) != nil, scores.allSatisfy(\.isFinite), let lowest = scores.min(),
      let highest = scores.max()
    else { return nil }
    let best = scores.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(count)
    entries = best.map { index, score in
      Entry(index: index, score: score, label: labels.indices.contains(index) ? labels[index] : nil)
    }
    isDistribution = lowest >= 0 && abs(scores.reduce(0, +) - 1) < 1e-3
    (self.lowest, self.highest) = (lowest, highest)
  }

  /// A line for each class: its number, its score, a bar, and its name.
  package var text: String {
    let width = 40.0
    let base = isDistribution ? 0 : lowest
    let range = isDistribution ? 1 : max(highest - lowest, .leastNormalMagnitude)
    return entries.map { entry in
      let length = Int(((entry.score - base) / range * width).rounded())
      let text = isDistribution ? String(format: "%6.2f %%", 100 * entry.score) : String(format: "%.4g", entry.score)
      let bar = String(repeating: "#", count: length)
      let space = String(repeating: " ", count: Int(width) - length)
      return
        "  \(padded("\(entry.index)", 5)) \(padded(text, 10)) \(bar)\(entry.label.map { "\(space) \($0)" } ?? "")\n"
    }.joined()
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
