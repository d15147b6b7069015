import Foundation

/// How many times as fast one program is as another, of several rounds in which they took turns.
package struct Gain: Encodable, Equatable, Sendable {
  /// The ratio that half of the rounds didn't exceed.
  package let median: Double
  /// The ratios that a quarter and three quarters of the rounds didn't exceed.
  package let lowerQuartile: Double
  package let upperQuartile: Double
  /// Whether the quartiles lie on both sides of 1: it can't be told which program is faster.
  package let isNoise: Bool

  /// Sums up the ratios of the rounds, at least one.
  package init(ratios: [Double]) {
    let sorted = ratios.sorted()
    /// Linear between neighbours.
    func quantile(_ part: Double) -> Double {
      let place = part * Double(sorted.count - 1)
      let low = Int(place)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
    median = quantile(0.5)
    lowerQuartile = quantile(0.25)
    upperQuartile = quantile(0.75)
    isNoise = lowerQuartile < 1 && upperQuartile > 1
  }

  /// For instance `1.08x, quartiles 1.07x to 1.08x`.
  package var text: String {
    let text = String(format: "%.2fx, quartiles %.2fx to %.2fx", median, lowerQuartile, upperQuartile)
    return isNoise ? text + ": noise, they lie on both sides of 1" : text
  }
}
