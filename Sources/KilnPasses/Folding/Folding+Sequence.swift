import KilnGraph

extension Folding {
  /// The one layer that computes a layer and then another, at least one of which looks at single elements (1x1, or fully
  /// connected).
  ///
  /// With a pointwise first layer `W'[m, c, k] = sum over j of W2[m, j, k] * W1[j, c]`, with a pointwise second one
  /// `W'[m, c, k] = sum over j of W2[m, j] * W1[j, c, k]`; in both cases
  /// `b'[m] = b2[m] + sum over j, k of W2[m, j, k] * b1[j]`.
  ///
  /// Exact where every output of the second layer sees every tap: after padding it sees 0 where the formula assumes
  /// `b1`, so that then the first layer's bias must be 0.
  ///
  /// Complexity: O(outputs of the second * outputs of the first * inputs * taps).
  ///
  /// - Returns: `nil` when neither kernel is a single tap, a layer has groups or is transposed, or the channels don't
  ///   fit.
  package static func sequence(_ first: LinearWeights, _ second: LinearWeights) -> LinearWeights? {
    let (firstTaps, secondTaps) = (first.tapCount, second.tapCount)
    guard first.groups == 1, second.groups == 1, first.arrangement == .outputFirst,
      second.arrangement == .outputFirst, first.outputChannels == second.inputChannels,
      firstTaps == 1 || secondTaps == 1, first.shape.count == second.shape.count
    else { return nil }
    let (middle, columns, taps) = (first.outputChannels, first.inputChannels, firstTaps * secondTaps)
    let kernel = firstTaps == 1 ? second.kernel : first.kernel
    var weight = [Double](repeating: 0, count: second.outputChannels * columns * taps)
    var bias = second.bias
    weight.withUnsafeMutableBufferPointer { result in
      first.weight.withUnsafeBufferPointer { first in
        second.weight.withUnsafeBufferPointer { second in
          for row in bias.indices {
            let target = row * columns * taps
            for channel in 0..<middle {
              for tap in 0..<secondTaps {
                // With a single tap on one side, an input column and a tap of the other are `firstTaps` and
                // `secondTaps` apart.
                let factor = second[(row * middle + channel) * secondTaps + tap]
                let source = channel * columns * firstTaps
                for index in 0..<columns * firstTaps {
                  result[target + index * secondTaps + tap] += factor * first[source + index]
                }
              }
            }
          }
        }
      }
    }
    for row in bias.indices {
      for channel in 0..<middle {
        for tap in 0..<secondTaps {
          bias[row] += second.weight[(row * middle + channel) * secondTaps + tap] * first.bias[channel]
        }
      }
    }
    return LinearWeights(shape: [bias.count, columns] + kernel, weight: weight, bias: bias)
  }
}
