import KilnGraph

/// One of several linear layers that read the same input and whose results are added.
package struct ParallelBranch: Hashable, Sendable {
  /// The weights; arranged `outputFirst`.
  package var weights: LinearWeights
  /// How the kernel moves; of rank 0 for a fully connected layer.
  package var window: Window

  /// Makes a branch.
  ///
  /// Precondition: the window has the kernel of the weights.
  package init(weights: LinearWeights, window: Window) {
    precondition(weights.kernel == window.kernel && weights.arrangement == .outputFirst, "the kernels differ")
    self.weights = weights
    self.window = window
  }

  /// The layer's dimensions.
  package var shape: LinearShape {
    LinearShape(
      inputs: weights.inputChannels, outputs: weights.outputChannels, groups: weights.groups, window: window)
  }
}

/// The dimensions of a convolution, or of a fully connected layer, whose window has no axes.
package struct LinearShape: Hashable, Sendable {
  /// The number of input channels.
  package var inputs: Int
  /// The number of output channels.
  package var outputs: Int
  /// Input and output channels are divided into this many independent groups.
  package var groups: Int
  /// How the kernel moves.
  package var window: Window

  /// Makes dimensions.
  ///
  /// Precondition: the groups divide the channels.
  package init(inputs: Int, outputs: Int, groups: Int, window: Window) {
    self.inputs = inputs
    self.outputs = outputs
    self.groups = groups
    self.window = window
  }

  /// Multiply-accumulates for one output element of each channel.
  package var multiplyAccumulates: Int { outputs * (inputs / groups) * window.kernel.elementCount }

  /// The offset of a tap of an axis from the output's own position.
  fileprivate func position(_ axis: Int, tap: Int) -> Int { tap * window.dilations[axis] - window.padBegin[axis] }
}

extension Folding {
  /// The layer that leaves its input as it is: one tap, and 1 where the input's channel is the output's (a Dirac
  /// kernel).
  ///
  /// - Parameters:
  ///   - channels: of the input and the output.
  ///   - groups: how the channels are grouped; must divide them.
  ///   - spatialRank: the number of spatial axes; 0 for a fully connected layer.
  package static func identity(channels: Int, groups: Int, spatialRank: Int) -> ParallelBranch {
    let columns = channels / groups
    let kernel = Array(repeating: 1, count: spatialRank)
    var weight = Array(repeating: 0.0, count: channels * columns)
    for channel in 0..<channels { weight[channel * columns + channel % columns] = 1 }
    return ParallelBranch(
      weights: LinearWeights(shape: [channels, columns] + kernel, groups: groups, weight: weight),
      window: Window(kernel: kernel))
  }

  /// The one convolution that computes the sum of parallel ones.
  ///
  /// A tap `k` of a branch reads the input at `o * stride + k * dilation - padBegin`. The merged kernel spans the
  /// positions of all branches, and holds at each the sum of their weights there: a centred 1x1 kernel lands in the
  /// middle of a 3x3 one, an identity is a Dirac kernel. Taps that a branch doesn't have are 0. A branch with more groups
  /// than the others (the greatest common divisor of all is used) has zeros between its groups. Biases add up.
  ///
  /// The merged padding gives the same number of outputs as the branches have.
  ///
  /// Source: Ding et al., "RepVGG: Making VGG-style ConvNets Great Again", 2021, section 3.3; "Diverse Branch Block", 2021.
  ///
  /// - Returns: `nil` where `shape(ofSumOf:)` is.
  package static func sum(_ branches: [ParallelBranch]) -> ParallelBranch? {
    guard let shape = shape(ofSumOf: branches.map(\.shape)) else { return nil }
    let columns = shape.inputs / shape.groups
    var merged = LinearWeights(
      shape: [shape.outputs, columns] + shape.window.kernel, groups: shape.groups,
      weight: Array(repeating: 0, count: shape.multiplyAccumulates))
    for branch in branches { merged.add(branch, window: shape.window) }
    return ParallelBranch(weights: merged, window: shape.window)
  }

  /// The dimensions of the one convolution that computes the sum of parallel ones: the smallest window that has a tap
  /// where any of them has one, and the greatest common divisor of their groups.
  ///
  /// - Returns: `nil` when the strides or the numbers of channels differ, or the taps do not lie on one grid (different
  ///   dilations, or padding that is not a multiple of the dilation apart).
  package static func shape(ofSumOf branches: [LinearShape]) -> LinearShape? {
    guard var merged = branches.first,
      branches.allSatisfy({
        $0.window.strides == merged.window.strides && $0.inputs == merged.inputs && $0.outputs == merged.outputs
      })
    else { return nil }
    merged.groups = branches.reduce(0) { greatestCommonDivisor($0, $1.groups) }
    let windows = branches.map(\.window)
    for axis in 0..<merged.window.rank {
      let dilations = Set(windows.filter { $0.kernel[axis] > 1 }.map { $0.dilations[axis] })
      guard dilations.count <= 1 else { return nil }
      let begin = windows.map { $0.padBegin[axis] }.max() ?? 0
      let last = branches.map { $0.position(axis, tap: $0.window.kernel[axis] - 1) }.max() ?? 0
      let distances = [last + begin] + branches.map { $0.position(axis, tap: 0) + begin }
      let dilation = dilations.first ?? max(distances.reduce(0, greatestCommonDivisor), 1)
      guard distances.allSatisfy({ $0 % dilation == 0 }) else { return nil }
      // Every branch has the same number of outputs: floor((in + padBegin + padEnd - extent) / stride) + 1. Keeping the
      // smallest of these sums keeps the number, and pads least.
      let slack = windows.map { $0.padBegin[axis] + $0.padEnd[axis] - $0.extent(axis) }.min() ?? 0
      merged.window.kernel[axis] = (last + begin) / dilation + 1
      merged.window.dilations[axis] = dilation
      merged.window.padBegin[axis] = begin
      merged.window.padEnd[axis] = max(slack - begin + merged.window.extent(axis), 0)
    }
    return merged
  }
}

extension LinearWeights {
  /// Adds a branch whose taps and groups fit into this layer with the window `window`.
  fileprivate mutating func add(_ branch: ParallelBranch, window: Window) {
    let source = branch.weights
    let strides = window.kernel.rowMajorStrides
    let sourceStrides = source.kernel.rowMajorStrides
    let offsets = (0..<source.tapCount).map { tap in
      window.kernel.indices.reduce(0) { sum, axis in
        let index = tap / sourceStrides[axis] % source.kernel[axis]
        let position = branch.shape.position(axis, tap: index) + window.padBegin[axis]
        return sum + position / window.dilations[axis] * strides[axis]
      }
    }
    let (columns, sourceColumns) = (shape[1], source.shape[1])
    let (rows, sourceRows) = (outputChannels / groups, outputChannels / source.groups)
    let taps = tapCount
    for row in 0..<outputChannels {
      let firstColumn = row / sourceRows * sourceColumns - row / rows * columns
      for column in 0..<sourceColumns {
        let target = (row * columns + firstColumn + column) * taps
        let from = (row * sourceColumns + column) * offsets.count
        for (tap, offset) in offsets.enumerated() { weight[target + offset] += source.weight[from + tap] }
      }
      bias[row] += source.bias[row]
    }
  }
}
