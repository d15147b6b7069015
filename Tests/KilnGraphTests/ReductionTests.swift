import Foundation
import KilnGraph
import Testing

@Test func `reductions of axes`() throws {
  let x = ramp([2, 3, 2])
  #expect(try evaluate(Reduction(.sum, axes: [1], keepsAxes: true), x).shape == [2, 1, 2])
  #expect(try evaluate(Reduction(.sum, axes: [1], keepsAxes: false), x).floats() == [6, 9, 24, 27])
  #expect(try evaluate(Reduction(.mean, axes: [0, 2], keepsAxes: false), x).floats() == [3.5, 5.5, 7.5])
  #expect(try evaluate(Reduction(.maximum, axes: [0, 1, 2], keepsAxes: false), x).floats() == [11])
  #expect(distance(try evaluate(Reduction(.l2, axes: [], keepsAxes: false), x), x) == 0)
}

@Test func `reduction formulas`() throws {
  let x = Tensor(shape: [3], floats: [-3, 4, 2])
  func value(_ kind: Reduction.Kind, _ x: Tensor) throws -> Float {
    try #require(try evaluate(Reduction(kind, axes: [0], keepsAxes: false), x).floats().first)
  }
  #expect(try value(.l1, x) == 9)
  #expect(try value(.l2, x) == Float(29.0.squareRoot()))
  #expect(try value(.sumOfSquares, x) == 29)
  #expect(try value(.product, x) == -24)
  #expect(try value(.minimum, x) == -3)
  #expect(try value(.logSum, x) == Float(log(3.0)))
  #expect(try value(.logSumExp, Tensor(shape: [2], floats: [1000, 1000])) == Float(1000 + log(2.0)))
}

@Test func `reductions of nothing give the neutral element`() throws {
  let none = Tensor(shape: [2, 0], floats: [])
  func value(_ kind: Reduction.Kind) throws -> [Float] {
    try evaluate(Reduction(kind, axes: [1], keepsAxes: false), none).floats()
  }
  #expect(try value(.sum) == [0, 0])
  #expect(try value(.product) == [1, 1])
  #expect(try value(.maximum) == [-.infinity, -.infinity])
  #expect(try value(.minimum) == [.infinity, .infinity])
  #expect(try value(.logSumExp) == [-.infinity, -.infinity])
  let bytes = Tensor(shape: [0], integers: [], as: .int8)
  #expect(try evaluate(Reduction(.maximum, axes: [0], keepsAxes: true), bytes).integers() == [-128])
}

@Test func `integers reduce exactly`() throws {
  let x = Tensor(shape: [2], integers: [(1 << 53) + 1, -2])
  #expect(try evaluate(Reduction(.sum, axes: [0], keepsAxes: false), x).integers() == [(1 << 53) - 1])
  #expect(
    try evaluate(Reduction(.mean, axes: [0], keepsAxes: false), Tensor(shape: [2], integers: [-1, -2])).integers() == [
      -1
    ])
  let truths = Tensor(shape: [2, 2], integers: [0, 1, 0, 0], as: .bool)
  #expect(try evaluate(Reduction(.maximum, axes: [1], keepsAxes: false), truths).integers() == [1, 0])
}

@Test func `arg reductions break ties`() throws {
  let x = Tensor(shape: [2, 3], floats: [2, 2, 1, 3, 10, 10])
  func indices(_ minimum: Bool, last: Bool) throws -> [Int] {
    try evaluate(ArgReduction(findsMinimum: minimum, axis: 1, keepsAxis: false, selectsLast: last), x).integers()
  }
  #expect(try indices(false, last: false) == [0, 1])
  #expect(try indices(false, last: true) == [1, 2])
  #expect(try indices(true, last: false) == [2, 0])
  let kept = ArgReduction(findsMinimum: false, axis: 0, keepsAxis: true, selectsLast: false)
  #expect(try evaluate(kept, x).integers() == [1, 1, 1])
  #expect(throws: OperatorError.self) { try shape(kept, [0, 2]) }
}

@Test func `softmax is stable`() throws {
  let x = Tensor(shape: [2, 2], floats: [10000, 10001, 0, 1])
  let y = try evaluate(Softmax(axis: 1), x).doubles()
  #expect(abs(y[1] - 1 / (1 + exp(-1))) < 1e-7)
  #expect(y[0] == y[2])
  let columns = try evaluate(Softmax(axis: 0, isLogarithmic: true), x).floats()
  #expect(columns == [0, 0, -10000, -10000])
}

@Test func `running sums`() throws {
  let x = ramp([2, 3], from: 1)
  #expect(try evaluate(CumulativeSum(axis: 1), x).floats() == [1, 3, 6, 4, 9, 15])
  #expect(try evaluate(CumulativeSum(axis: 0, isReversed: true), x).floats() == [5, 7, 9, 4, 5, 6])
  #expect(try evaluate(CumulativeSum(axis: 1, isExclusive: true, isReversed: true), x).floats() == [5, 3, 0, 11, 6, 0])
}

@Test func `top elements come in order`() throws {
  let x = Tensor(shape: [2, 4], floats: [1, 4, 4, 2, 8, 5, 6, 7])
  let largest = try TopK(axis: 1, count: 3).evaluate([x])
  #expect(largest[0].floats() == [4, 4, 2, 8, 7, 6])
  #expect(largest[1].integers() == [1, 2, 3, 0, 3, 2])
  let smallest = try TopK(axis: 0, count: 1, takesLargest: false).evaluate([x])
  #expect(smallest[0].floats() == [1, 4, 4, 2])
  #expect(throws: OperatorError.self) { try shape(TopK(axis: 0, count: 3), [2, 4]) }
}

@Test func `normalisations meet their definition`() throws {
  let x = numbers([2, 4, 3, 2])
  let scale = numbers([4], seed: 2)
  let bias = numbers([4], seed: 3)
  let instance = try evaluate(GroupNormalization(groups: 4, epsilon: 1e-3), x, scale, bias)
  // Instance normalisation is a batch normalisation with the image's own statistics.
  let image = try evaluate(Slice(starts: [1, 0, 0, 0], counts: [1, 4, 3, 2]), x)
  let mean = try evaluate(Reduction(.mean, axes: [0, 2, 3], keepsAxes: false), Cast(to: .float64).evaluate([image])[0])
  let squares = try evaluate(
    Reduction(.mean, axes: [0, 2, 3], keepsAxes: false),
    try evaluate(Binary(.multiply), image, image))
  let variance = zip(squares.doubles(), mean.doubles()).map { $0 - $1 * $1 }
  let batch = try evaluate(
    BatchNormalization(epsilon: 1e-3), image, scale, bias, mean, Tensor(shape: [4], doubles: variance, as: .float64))
  #expect(distance(try evaluate(Slice(starts: [1, 0, 0, 0], counts: [1, 4, 3, 2]), instance), batch) < 1e-4)
  // One group over an image is a layer normalisation but for the parameters.
  let ones = Tensor(shape: [4], floats: [1, 1, 1, 1])
  let zeros = Tensor(shape: [4], floats: [0, 0, 0, 0])
  let group = try evaluate(GroupNormalization(groups: 1, epsilon: 1e-3), x, ones, zeros)
  let layer = try evaluate(LayerNormalization(axis: 1, epsilon: 1e-3), x, Tensor(shape: [], floats: [1]), nil)
  #expect(distance(group, layer) == 0)
  let last = try evaluate(
    GroupNormalization(groups: 2, epsilon: 1e-3, layout: .channelsLast), try evaluate(Transpose([0, 2, 3, 1]), x),
    scale, bias)
  let first = try evaluate(GroupNormalization(groups: 2, epsilon: 1e-3), x, scale, bias)
  #expect(distance(last, try evaluate(Transpose([0, 2, 3, 1]), first)) == 0)
}

@Test func `layer normalization gives statistics`() throws {
  let results = try LayerNormalization(axis: 1, epsilon: 0, givesStatistics: true)
    .evaluate([Tensor(shape: [1, 2], floats: [1, 5]), Tensor(shape: [2], floats: [2, 3]), nil])
  #expect(results.map { $0.floats() } == [[-2, 3], [3], [0.5]])
  #expect(results[1].shape == [1, 1])
}

@Test func `responses and norms divide`() throws {
  let x = Tensor(shape: [1, 4, 1], floats: [1, 2, 3, 4])
  let lrn = LocalResponseNormalization(size: 2, alpha: 2, beta: 1, bias: 1)
  // Two channels: floor(1 / 2) = 0 before, ceil(1 / 2) = 1 after.
  let expected: [Float] = [1.0 / 6, 2.0 / 14, 3.0 / 26, 4.0 / 17]
  #expect(try evaluate(lrn, x).floats() == expected)
  let y = try evaluate(LpNormalization(axis: 0, p: 2), Tensor(shape: [2, 2], floats: [3, 0, 4, 0]))
  #expect(y.floats() == [0.6, 0, 0.8, 0])
  let centred = try evaluate(MeanVarianceNormalization(axes: [0]), Tensor(shape: [2], floats: [1, 5]))
  #expect(distance(centred, Tensor(shape: [2], floats: [-1, 1])) < 1e-6)
}

@Test func `batch normalization of degenerate statistics`() throws {
  let one = Tensor(shape: [1], floats: [1])
  let zero = Tensor(shape: [1], floats: [0])
  let y = try evaluate(
    BatchNormalization(epsilon: 1e-5), ramp([1, 1, 2]), one, zero, zero,
    Tensor(shape: [1], floats: [Float(bitPattern: 4)]))
  #expect(y.floats() == [0, Float(1 / 1e-5.squareRoot())])
}
