/// How the range of numbers that 8 bits are to stand for is chosen from those that were seen.
package enum RangeMethod: Hashable, Sendable {
  /// The range whose mean squared error is least: numbers beyond it are clipped, those in it rounded.
  case leastError
  /// All numbers that were seen.
  case extremes
  /// All but a share of the numbers, in percent, half of it at either end.
  case percentile(Double)

  /// The method that a word names: `mse`, `min-max`, or a percentile such as `99.99%`; `nil` for other words.
  package init?(_ text: String) {
    switch text {
    case "mse": self = .leastError
    case "min-max": self = .extremes
    default:
      guard text.hasSuffix("%"), let percentile = Double(text.dropLast()), percentile >= 50, percentile <= 100 else {
        return nil
      }
      self = .percentile(percentile)
    }
  }
}
