import KilnGraph

/// The weights of a convolution, a transposed convolution or a fully connected layer, in Float64.
///
/// Folds compute on these, so that a weight is rounded once however much is folded into it.
package struct LinearWeights: Hashable, Sendable {
  /// The dimensions of `weight`.
  package var shape: [Int]
  /// Input and output channels are divided into this many independent groups.
  package var groups: Int
  /// Which channels the first axis counts.
  package var arrangement: WeightArrangement
  /// The weights, row-major.
  package var weight: [Double]
  /// One number an output channel.
  package var bias: [Double]

  /// Makes weights.
  ///
  /// Preconditions: the weights fill `shape`, which has two axes or more; there is one bias an output channel; a
  /// missing bias is 0.
  package init(
    shape: [Int], groups: Int = 1, arrangement: WeightArrangement = .outputFirst, weight: [Double],
    bias: [Double]? = nil
  ) {
    precondition(shape.count >= 2 && weight.count == shape.elementCount, "\(weight.count) weights for \(shape)")
    self.shape = shape
    self.groups = groups
    self.arrangement = arrangement
    self.weight = weight
    self.bias = bias ?? []
    if bias == nil { self.bias = Array(repeating: 0, count: outputChannels) }
    precondition(self.bias.count == outputChannels, "\(self.bias.count) biases for \(shape)")
  }

  /// The number of output channels.
  package var outputChannels: Int { arrangement == .outputFirst ? shape[0] : shape[1] * groups }
  /// The number of input channels.
  package var inputChannels: Int { arrangement == .outputFirst ? shape[1] * groups : shape[0] }
  /// The dimensions of the kernel; none for a fully connected layer.
  package var kernel: [Int] { Array(shape.dropFirst(2)) }
  /// The number of taps of the kernel.
  package var tapCount: Int { kernel.elementCount }
  /// Multiply-accumulates for one output element of each channel (convolution, fully connected) or for one input element
  /// of each channel (transposed convolution).
  package var multiplyAccumulates: Int { weight.count }

  /// Multiplies every weight of output channel `m` by `factors[m]`.
  mutating func scaleOutputs(_ factors: [Double]) {
    switch arrangement {
    case .outputFirst: weight.scaleRuns(of: shape[1] * tapCount) { factors[$0] }
    case .inputFirst:
      let (columns, rows) = (shape[1], shape[0] / groups)
      weight.scaleRuns(of: tapCount) { factors[$0 / columns / rows * columns + $0 % columns] }
    }
  }

  /// Multiplies every weight of input channel `c` by `factors[c]`.
  mutating func scaleInputs(_ factors: [Double]) {
    switch arrangement {
    case .outputFirst:
      let (columns, rows) = (shape[1], shape[0] / groups)
      weight.scaleRuns(of: tapCount) { factors[$0 / columns / rows * columns + $0 % columns] }
    case .inputFirst: weight.scaleRuns(of: shape[1] * tapCount) { factors[$0] }
    }
  }

  /// Makes input channel `c` what channel `order[c]` was.
  ///
  /// Precondition: there is one group, and `order` is a permutation of its channels.
  mutating func reorderInputs(_ order: [Int]) {
    precondition(groups == 1 && order.count == inputChannels, "\(order) are not the channels of \(shape)")
    let (outer, run) = arrangement == .outputFirst ? (shape[0], tapCount) : (1, shape[1] * tapCount)
    weight = (0..<outer).flatMap { row in
      order.flatMap { channel in
        let start = (row * order.count + channel) * run
        return weight[start..<start + run]
      }
    }
  }
}

extension [Double] {
  /// Multiplies the run `i` of `length` neighbours by `factor(i)`.
  fileprivate mutating func scaleRuns(of length: Int, by factor: (Int) -> Double) {
    guard length > 0 else { return }
    withUnsafeMutableBufferPointer { elements in
      var start = 0
      var run = 0
      while start < elements.count {
        let scale = factor(run)
        for index in start..<start + length { elements[index] *= scale }
        start += length
        run += 1
      }
    }
  }

  /// Whether every element, rounded to `scalar`, is a finite number.
  func isFinite(as scalar: ScalarType) -> Bool {
    // The smallest magnitudes that round to infinity.
    let limit: Double =
      switch scalar {
      case .float16: 65520
      case .bfloat16: 0x1.FFp127
      case .float32: 0x1.FFFFFFp127
      default: .infinity
      }
    return withUnsafeBufferPointer { elements in elements.allSatisfy { abs($0) < limit } }
  }
}
