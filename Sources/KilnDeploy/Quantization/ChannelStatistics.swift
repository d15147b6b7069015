import KilnGraph

/// What the channels of a tensor were seen to hold: the extremes, 0 among them, and the mean of each.
package struct ChannelStatistics: Sendable {
  /// The axis of the channels.
  let axis: Int
  private(set) var least: [Float]
  private(set) var greatest: [Float]
  private var sums: [Double]
  private var count = 0

  /// Makes the statistics of a tensor of which nothing was seen.
  init(of type: TensorType, axis: Int) {
    self.axis = axis
    let channels = type.shape.indices.contains(axis) ? type.shape[axis] : 1
    least = [Float](repeating: 0, count: channels)
    greatest = least
    sums = [Double](repeating: 0, count: channels)
  }

  /// Adds what a tensor of that type holds; false where a number isn't finite.
  mutating func add(_ tensor: Tensor) -> Bool {
    let numbers = tensor.floats()
    let inner = axis < tensor.shape.count ? tensor.shape[(axis + 1)...].reduce(1, *) : max(numbers.count, 1)
    guard inner > 0, !numbers.isEmpty else { return true }
    let channels = least.count
    var start = 0
    var channel = 0
    while start < numbers.count {
      var (low, high, sum) = (least[channel], greatest[channel], Float(0))
      for number in numbers[start..<start + inner] {
        low = number < low ? number : low
        high = number > high ? number : high
        sum += number
      }
      // A sum that isn't finite has a term that isn't, or is too large for float32 to be quantised well.
      guard sum.isFinite else { return false }
      (least[channel], greatest[channel]) = (low, high)
      sums[channel] += Double(sum)
      start += inner
      channel = channel + 1 == channels ? 0 : channel + 1
    }
    count += numbers.count / channels
    return true
  }

  /// The mean of each channel.
  var means: [Double] { sums.map { $0 / Double(max(count, 1)) } }

  /// The largest magnitude of each channel.
  var magnitudes: [Double] { zip(least, greatest).map { Double(max(-$0, $1)) } }

  /// The range of the whole tensor once each channel is divided by a power of two.
  func range(dividedBy exponents: [Int]?) -> ActivationRange {
    var range = ActivationRange()
    for channel in least.indices {
      let factor = Float(sign: .plus, exponent: -(exponents?[channel] ?? 0), significand: 1)
      _ = range.widen(to: [least[channel] * factor, greatest[channel] * factor])
    }
    return range
  }

  /// A tensor's numbers with each channel divided by a power of two.
  func numbers(_ tensor: Tensor, dividedBy exponents: [Int]?) -> [Float] {
    guard let exponents, axis < tensor.shape.count else { return tensor.floats() }
    var numbers = tensor.floats()
    let factors = exponents.map { Float(sign: .plus, exponent: -$0, significand: 1) }
    let inner = max(1, tensor.shape[(axis + 1)...].reduce(1, *))
    for index in numbers.indices { numbers[index] *= factors[index / inner % factors.count] }
    return numbers
  }
}
