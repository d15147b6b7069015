import KilnGraph
import KilnPasses
import Testing

/// The arithmetic of the folds alone, against the definition of each layer in Float64.
struct FoldingTests {
  private static let tolerance = 1e-13

  /// Seeded numbers between -1 and 1.
  private static func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(Int64(bitPattern: state)) / Double(Int64.max)
    }
  }

  private static func layer(_ shape: [Int], groups: Int = 1, transposed: Bool = false, seed: UInt64) -> LinearWeights {
    let outputs = transposed ? shape[1] * groups : shape[0]
    return LinearWeights(
      shape: shape, groups: groups, arrangement: transposed ? .inputFirst : .outputFirst,
      weight: numbers(shape.elementCount, seed: seed), bias: numbers(outputs, seed: seed + 1))
  }

  private static func affine(_ channels: Int, seed: UInt64) -> PerChannelAffine {
    PerChannelAffine(scale: numbers(channels, seed: seed), shift: numbers(channels, seed: seed + 1))
  }

  /// The layer's outputs for a patch of the input, `[C][taps]`: each output sees every tap once.
  private static func apply(_ layer: LinearWeights, to patch: [[Double]]) -> [Double] {
    let (outputs, taps) = (layer.outputChannels, layer.tapCount)
    let (outputsPerGroup, inputsPerGroup) = (outputs / layer.groups, layer.inputChannels / layer.groups)
    return (0..<outputs).map { output in
      let group = output / outputsPerGroup
      var sum = layer.bias[output]
      for column in 0..<inputsPerGroup {
        let input = group * inputsPerGroup + column
        for tap in 0..<taps {
          let index =
            layer.arrangement == .outputFirst
            ? (output * inputsPerGroup + column) * taps + tap
            : (input * outputsPerGroup + output % outputsPerGroup) * taps + tap
          sum += layer.weight[index] * patch[input][tap]
        }
      }
      return sum
    }
  }

  private static func patch(_ layer: LinearWeights) -> [[Double]] {
    (0..<layer.inputChannels).map { numbers(layer.tapCount, seed: 99 + UInt64($0)) }
  }

  private static func apply(_ affine: PerChannelAffine, to values: [Double]) -> [Double] {
    values.indices.map { values[$0] * affine.scale[$0] + affine.shift[$0] }
  }

  private static func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
    left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  @Test func `batch normalization is its multiply-add`() {
    let (gamma, beta) = (Self.numbers(5, seed: 1), Self.numbers(5, seed: 2))
    let (mean, variance) = (Self.numbers(5, seed: 3), Self.numbers(5, seed: 4).map { abs($0) })
    let folded = Folding.batchNormalization(gamma: gamma, beta: beta, mean: mean, variance: variance, epsilon: 1e-5)
    let x = Self.numbers(5, seed: 5)
    let expected = x.indices.map {
      (x[$0] - mean[$0]) * gamma[$0] / (variance[$0] + 1e-5).squareRoot() + beta[$0]
    }
    #expect(Self.largestDifference(Self.apply(folded, to: x), expected) < Self.tolerance * 100)
  }

  @Test func `degenerate variance is neither hidden nor changed`() {
    let zero = Folding.batchNormalization(gamma: [2], beta: [1], mean: [3], variance: [0], epsilon: 1e-5)
    #expect(zero.scale == [2 / 1e-5.squareRoot()])
    let subnormal = Double(Float(bitPattern: 4))
    let tiny = Folding.batchNormalization(gamma: [2], beta: [1], mean: [3], variance: [subnormal], epsilon: 0)
    #expect(tiny.scale == [2 / subnormal.squareRoot()])
    let undefined = Folding.batchNormalization(gamma: [0], beta: [1], mean: [3], variance: [0], epsilon: 0)
    #expect(undefined.scale[0].isNaN)
  }

  static let layers: [LinearWeights] = [
    layer([4, 3, 3, 2], seed: 10), layer([6, 2, 3], groups: 3, seed: 20), layer([4, 1, 2, 2], groups: 4, seed: 30),
    layer([5, 7], seed: 40), layer([6, 2, 2, 2], groups: 2, transposed: true, seed: 50),
  ]

  @Test(arguments: layers) func `multiply-add after a layer`(layer: LinearWeights) {
    let affine = Self.affine(layer.outputChannels, seed: 7)
    let folded = Folding.affine(affine, after: layer)
    let patch = Self.patch(layer)
    let expected = Self.apply(affine, to: Self.apply(layer, to: patch))
    #expect(Self.largestDifference(Self.apply(folded, to: patch), expected) < Self.tolerance)
  }

  @Test(arguments: layers) func `multiply-add before a layer`(layer: LinearWeights) {
    var affine = Self.affine(layer.inputChannels, seed: 8)
    if layer.arrangement == .inputFirst { affine.shift = affine.shift.map { _ in 0 } }
    let folded = Folding.affine(affine, before: layer)
    let patch = Self.patch(layer)
    let moved = patch.indices.map { channel in
      patch[channel].map { $0 * affine.scale[channel] + affine.shift[channel] }
    }
    #expect(Self.largestDifference(Self.apply(folded, to: patch), Self.apply(layer, to: moved)) < Self.tolerance)
  }

  @Test func `one entry holds for all channels`() {
    let layer = Self.layer([3, 2, 2], seed: 60)
    let uniform = PerChannelAffine(scale: [0.5], shift: [2])
    #expect(Folding.affine(uniform, after: layer) == Folding.affine(uniform.expanded(to: 3), after: layer))
    #expect(Folding.affine(uniform, before: layer) == Folding.affine(uniform.expanded(to: 2), before: layer))
  }

  @Test func `multiply-adds compose`() {
    let (first, second) = (Self.affine(4, seed: 70), Self.affine(4, seed: 80))
    let x = Self.numbers(4, seed: 90)
    let expected = Self.apply(second, to: Self.apply(first, to: x))
    #expect(Self.largestDifference(Self.apply(first.followed(by: second), to: x), expected) < Self.tolerance)
  }

  @Test(arguments: [([4, 3], [5, 4, 2, 3]), ([4, 3, 2], [5, 4, 1]), ([6, 5], [2, 6])])
  func `layers after one another`(first: [Int], second: [Int]) throws {
    let kernel = Array((first.count > second.count ? first : second).dropFirst(2))
    let ones = kernel.map { _ in 1 }
    let firstShape = first.count > 2 ? first : first + ones
    let secondShape = second.count > 2 ? second : second + ones
    let (one, two) = (Self.layer(firstShape, seed: 100), Self.layer(secondShape, seed: 110))
    let merged = try #require(Folding.sequence(one, two))
    let patch = Self.patch(merged)
    // The first layer's output at each tap of the second.
    let middle = (0..<two.tapCount).map { tap in
      Self.apply(one, to: patch.map { one.tapCount == 1 ? [$0[tap]] : $0 })
    }
    let seen = (0..<two.inputChannels).map { channel in middle.map { $0[channel] } }
    #expect(Self.largestDifference(Self.apply(merged, to: patch), Self.apply(two, to: seen)) < Self.tolerance)
  }

  @Test func `layers that are no sequence`() {
    let wide = Self.layer([4, 4, 3], seed: 1)
    #expect(Folding.sequence(wide, wide) == nil)
    #expect(Folding.sequence(Self.layer([4, 2, 1], groups: 2, seed: 1), wide) == nil)
    #expect(Folding.sequence(Self.layer([3, 4, 1], seed: 1), wide) == nil)
  }

  /// A 1-D convolution of `[C][extent]` by its definition.
  private static func convolve(_ branch: ParallelBranch, _ x: [[Double]]) -> [[Double]] {
    let (weights, window) = (branch.weights, branch.window)
    let count = (x[0].count + window.padBegin[0] + window.padEnd[0] - window.extent(0)) / window.strides[0] + 1
    let positions = (0..<count).map { output in
      let patch = x.map { row in
        (0..<window.kernel[0]).map { tap in
          let index = output * window.strides[0] + tap * window.dilations[0] - window.padBegin[0]
          return row.indices.contains(index) ? row[index] : 0
        }
      }
      return apply(weights, to: patch)
    }
    return (0..<weights.outputChannels).map { channel in positions.map { $0[channel] } }
  }

  private static func branch(
    _ kernel: Int, stride: Int = 1, dilation: Int = 1, begin: Int = 0, end: Int = 0, groups: Int = 1, seed: UInt64
  ) -> ParallelBranch {
    ParallelBranch(
      weights: layer([4, 4 / groups, kernel], groups: groups, seed: seed),
      window: Window(
        kernel: [kernel], strides: [stride], dilations: [dilation], padBegin: [begin], padEnd: [end]))
  }

  static let sums: [[ParallelBranch]] = [
    [
      branch(3, begin: 1, end: 1, seed: 1), branch(1, seed: 2),
      Folding.identity(channels: 4, groups: 1, spatialRank: 1),
    ],
    [
      branch(3, begin: 1, end: 1, groups: 2, seed: 3), branch(1, groups: 2, seed: 4),
      Folding.identity(channels: 4, groups: 2, spatialRank: 1),
    ],
    [branch(3, begin: 1, end: 1, groups: 4, seed: 5), branch(1, groups: 2, seed: 6)],
    [
      branch(5, stride: 2, begin: 2, end: 2, seed: 7), branch(1, stride: 2, seed: 8),
      branch(2, stride: 2, begin: 1, seed: 9),
    ],
    [branch(3, dilation: 2, begin: 2, end: 2, seed: 10), branch(1, seed: 11)],
    [branch(2, begin: 1, seed: 12), branch(2, end: 1, seed: 13)],
  ]

  @Test(arguments: sums) func `parallel layers`(branches: [ParallelBranch]) throws {
    let merged = try #require(Folding.sum(branches))
    for extent in [7, 8] {
      let x = (0..<4).map { Self.numbers(extent, seed: 200 + UInt64($0)) }
      let parts = branches.map { Self.convolve($0, x) }
      guard Set(parts.map { $0[0].count }).count == 1 else { continue }
      let actual = Self.convolve(merged, x)
      for channel in 0..<4 {
        let expected = parts[0][channel].indices.map { index in parts.reduce(0) { $0 + $1[channel][index] } }
        #expect(Self.largestDifference(actual[channel], expected) < Self.tolerance)
      }
    }
  }

  @Test func `layers that are no sum`() {
    let plain = Self.branch(3, begin: 1, end: 1, seed: 1)
    #expect(Folding.sum([plain, Self.branch(3, stride: 2, begin: 1, end: 1, seed: 2)]) == nil)
    #expect(Folding.sum([plain, Self.branch(3, dilation: 2, begin: 2, end: 2, seed: 3)]) == nil)
    let odd = Self.branch(3, dilation: 2, begin: 2, end: 2, seed: 4)
    #expect(Folding.sum([odd, Self.branch(1, begin: 1, seed: 5)]) == nil)
    #expect(Folding.sum([]) == nil)
  }
}
