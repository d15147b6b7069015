import KilnGraph

/// The numbers that a tensor was seen to hold, and the quantisation that loses least of them.
///
/// First the extremes of all that is seen are found, then what lies between them is counted.
package struct ActivationRange: Sendable {
  private var least: Float = 0
  private var greatest: Float = 0
  private var counts: [Int] = []
  private static let binCount = 2048

  /// Makes the range that holds 0 only, which every range holds: padding is made of it.
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

  /// The quantisation to int8 with the least mean squared error: of ranges that are the whole one, or cut at both ends by up to nine
  /// tenths, the error of what they hold being a twelfth of a squared step.
  ///
  /// Source: the search of NVIDIA's "8-bit inference with TensorRT", 2017, with the squared error in place of the divergence.
  package var quantization: TensorQuantization {
    guard greatest > least, (greatest - least).isFinite else { return TensorQuantization(scale: 1, zeroPoint: 0) }
    let width = Double(greatest - least) / Double(Self.binCount)
    var best = (error: Double.infinity, part: 1.0)
    for step in 0..<90 {
      let part = 1 - Double(step) / 100
      let (low, high) = (Double(least) * part, Double(greatest) * part)
      let rounding = (high - low) * (high - low) / (255 * 255) / 12
      var error = 0.0
      for (bin, count) in counts.enumerated() where count > 0 {
        let number = Double(least) + (Double(bin) + 0.5) * width
        let beyond = number < low ? low - number : number > high ? number - high : 0
        error += Double(count) * (beyond > 0 ? beyond * beyond : rounding)
      }
      if error < best.error { best = (error, part) }
    }
    let (low, high) = (Double(least) * best.part, Double(greatest) * best.part)
    let scale = Float((high - low) / 255)
    guard scale.isNormal else { return TensorQuantization(scale: 1, zeroPoint: 0) }
    let zeroPoint = (-128 - low / Double(scale)).rounded(.toNearestOrEven)
    return TensorQuantization(scale: scale, zeroPoint: Int(min(max(zeroPoint, -128), 127)))
  }
}
