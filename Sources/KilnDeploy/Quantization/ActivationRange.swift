import KilnGraph

/// The numbers that a tensor was seen to hold, and the quantisation that suits them.
///
/// First the extremes of all that is seen are found, then what lies between them is counted.
package struct ActivationRange: Sendable {
  /// The extremes, between which 0 lies: padding is made of it.
  package private(set) var least: Float = 0
  package private(set) var greatest: Float = 0
  private var counts: [Int] = []
  private static let binCount = 2048

  /// Makes the range that holds 0 only.
  package init() {}

  /// Widens the range to what a tensor holds; false where a number isn't finite.
  package mutating func widen(to numbers: [Float]) -> Bool {
    for number in numbers {
      guard number.isFinite else { return false }
      least = min(least, number)
      greatest = max(greatest, number)
    }
    return true
  }

  /// Counts what a tensor holds, which must lie in the range.
  package mutating func count(_ numbers: [Float]) {
    if counts.isEmpty { counts = [Int](repeating: 0, count: Self.binCount) }
    guard greatest > least else { return }
    let scale = Float(Self.binCount) / (greatest - least)
    for number in numbers {
      counts[min(Self.binCount - 1, max(0, Int((number - least) * scale)))] += 1
    }
  }

  /// The quantisation to int8 that a method chooses.
  package func quantization(by method: RangeMethod = .leastError) -> TensorQuantization {
    guard greatest > least, (greatest - least).isFinite else { return TensorQuantization(scale: 1, zeroPoint: 0) }
    let (low, high) =
      switch method {
      case .leastError: leastErrorRange
      case .extremes: (Double(least), Double(greatest))
      case .percentile(let percentile): range(ofPercentile: percentile)
      }
    let scale = Float((high - low) / 255)
    guard scale.isNormal else { return TensorQuantization(scale: 1, zeroPoint: 0) }
    let zeroPoint = (-128 - low / Double(scale)).rounded(.toNearestOrEven)
    return TensorQuantization(scale: scale, zeroPoint: Int(min(max(zeroPoint, -128), 127)))
  }

  /// The share of the numbers that a quantisation clips.
  ///
  /// Error bound: the share of the two intervals, of 2048, in which the range ends.
  package func clippedShare(_ quantization: TensorQuantization) -> Double {
    let all = counts.reduce(0, +)
    guard all > 0 else { return 0 }
    // A number less than half a step beyond the last is rounded to it.
    let low = Double(quantization.real(-128)) - 0.5 * Double(quantization.scale)
    let high = Double(quantization.real(127)) + 0.5 * Double(quantization.scale)
    let clipped = bins.reduce(0) { $0 + ($1.number < low || $1.number > high ? $1.count : 0) }
    return Double(clipped) / Double(all)
  }

  /// The middles of the intervals that hold numbers, and how many they hold.
  private var bins: [(number: Double, count: Int)] {
    let width = Double(greatest - least) / Double(Self.binCount)
    return counts.enumerated().filter { $1 > 0 }.map { (Double(least) + (Double($0) + 0.5) * width, $1) }
  }

  /// Of ranges that are the whole one, or cut at both ends by up to nine tenths, the one with the least mean squared error, the error
  /// of what a range holds being a twelfth of a squared step.
  ///
  /// Source: the search of NVIDIA's "8-bit inference with TensorRT", 2017, with the squared error in place of the divergence.
  private var leastErrorRange: (low: Double, high: Double) {
    let bins = bins
    var best = (error: Double.infinity, part: 1.0)
    for step in 0..<90 {
      let part = 1 - Double(step) / 100
      let (low, high) = (Double(least) * part, Double(greatest) * part)
      let rounding = (high - low) * (high - low) / (255 * 255) / 12
      let error = bins.reduce(0.0) { sum, bin in
        let beyond = bin.number < low ? low - bin.number : bin.number > high ? bin.number - high : 0
        return sum + Double(bin.count) * (beyond > 0 ? beyond * beyond : rounding)
      }
      if error < best.error { best = (error, part) }
    }
    return (Double(least) * best.part, Double(greatest) * best.part)
  }

  private func range(ofPercentile percentile: Double) -> (low: Double, high: Double) {
    let bins = bins
    let spared = Double(counts.reduce(0, +)) * (100 - percentile) / 200
    func end(_ bins: some Sequence<(number: Double, count: Int)>) -> Double? {
      var seen = 0.0
      for bin in bins {
        seen += Double(bin.count)
        if seen > spared { return bin.number }
      }
      return nil
    }
    guard percentile < 100, let low = end(bins), let high = end(bins.reversed()) else {
      return (Double(least), Double(greatest))
    }
    // 0 is exact, and a range is never empty.
    return low < 0 || high > 0 ? (min(low, 0), max(high, 0)) : (Double(least), Double(greatest))
  }
}
