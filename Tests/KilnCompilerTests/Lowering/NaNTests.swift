import Testing

@testable import KilnGraph
@testable import KilnLowering

/// A NaN comes out of every kernel that it comes out of in the reference: a network that has diverged must not look healthy.
@Suite struct NaNTests {
  @Test(arguments: HostTarget.runnable) func `a NaN is not lost`(host: HostTarget) throws {
    var sample = KernelSample(seed: 11)
    addReductions(to: &sample)
    addPools(to: &sample)
    addBinaries(to: &sample)
    addFunctions(to: &sample)
    addResamplings(to: &sample)
    try sample.check(host)
  }

  /// In a square whose diagonal is NaN each position of a run is NaN once: in the vectors, and in what is left of them.
  private func addReductions(to sample: inout KernelSample) {
    for count in [1, 3, 5, 16, 17, 37] {
      let square = [count, count]
      for axis in 0...1 {
        for kind in [Reduction.Kind.maximum, .minimum, .sum, .l2] {
          sample.add(Reduction(kind, axes: [axis], keepsAxes: false), [square], nanPeriod: count + 1)
        }
        for (minimum, last) in [(false, false), (false, true), (true, false), (true, true)] {
          let operation = ArgReduction(findsMinimum: minimum, axis: axis, keepsAxis: true, selectsLast: last)
          sample.add(operation, [square], nanPeriod: count + 1)
        }
        sample.add(Softmax(axis: axis), [square], nanPeriod: count + 1)
      }
      // Without one there is no NaN.
      sample.add(Reduction(.maximum, axes: [1], keepsAxes: false), [square])
    }
    for kind in [Reduction.Kind.maximum, .minimum] {
      for axis in 0...1 { sample.add(Reduction(kind, axes: [axis], keepsAxes: false), [[70, 70]], nanPeriod: 71) }
      sample.add(Reduction(kind, axes: [1], keepsAxes: false), [[3, 2500]], nanPeriod: 2999)
      for channels in [1, 3, 16, 19, 70] {
        let reduction = Reduction(kind, axes: [1, 2], keepsAxes: true)
        sample.add(reduction, [[2, 5, 4, channels]], storage: .strided, nanPeriod: 41)
      }
    }
  }

  private func addPools(to sample: inout KernelSample) {
    let window = Window(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1])
    for channels in [1, 3, 4, 8, 15, 16, 19, 37, 64, 70] {
      let pool = Pool(.maximum, window: window, layout: .channelsLast)
      sample.add(pool, [[1, 9, 8, channels]], storage: .strided, nanPeriod: 23)
      sample.add(pool, [[1, 9, 8, channels]])
    }
    let indices = Pool(.maximumWithIndices(columnMajor: false), window: window)
    sample.add(indices, [[1, 3, 9, 8]], nanPeriod: 11)
  }

  /// On the left, on the right, and on both sides of numbers.
  private func addBinaries(to sample: inout KernelSample) {
    for function in [Binary.Function.maximum, .minimum] {
      for count in [3, 16, 37] {
        for shape in [[2, count], [1]] {
          let numbers = Tensor(shape: shape, floats: (0..<shape.elementCount).map { Float($0 % 7) - 3 })
          sample.add(Binary(function), [shape, [2, count]], constants: [0: numbers], nanPeriod: 5)
          sample.add(Binary(function), [[2, count], shape], constants: [1: numbers], nanPeriod: 5)
        }
        sample.add(Binary(function), [[2, count], [count]], nanPeriod: 4)
        sample.add(Binary(function), [[2, count], [1]], nanPeriod: 2 * count)
      }
    }
  }

  private func addFunctions(to sample: inout KernelSample) {
    let functions: [ScalarFunction] = [
      .relu, .clip(lower: -1, upper: 2), .clip(lower: 0, upper: 6), .clip(lower: 0, upper: .infinity),
      .leakyReLU(slope: 0.1), .sigmoid, .hardSigmoid(alpha: 0.2, beta: 0.5), .silu, .hardSwish, .tanh, .elu(alpha: 0.9),
      .selu(alpha: 1.67, gamma: 1.05), .celu(alpha: 0.7), .thresholdedReLU(alpha: 1), .softplus, .softsign, .mish,
      .gelu(approximate: false), .gelu(approximate: true), .shrink(lambda: 0.5, bias: 0.25), .absolute, .negate, .sign,
      .reciprocal, .exponential, .logarithm, .squareRoot, .errorFunction, .floor, .ceiling, .round,
    ]
    for function in functions { sample.add(Unary(function), [[37]], nanPeriod: 4) }
    for slope in [1, 3] {
      sample.add(Binary(.parametricReLU), [[5, 3], [slope]], nanPeriod: 4)
    }
  }

  private func addResamplings(to sample: inout KernelSample) {
    // What lies outside is the value for it, whatever the image has.
    for interpolation in [Resize.Interpolation.nearest(.preferFloor), .linear(antialias: false)] {
      for extrapolation in [0.0, 2.5] {
        let crop = Resize.Coordinates.crop(
          start: [0, -0.3, 0.2, 0], end: [1, 0.9, 1.3, 1], extrapolation: extrapolation)
        let scales: [Float] = [1, 1.4, 1.25, 1]
        let resize = Resize(to: [1, 7, 5, 3], scales: scales, coordinates: crop, interpolation: interpolation)
        sample.add(resize, [[1, 5, 4, 3]], nanPeriod: 7)
      }
    }
  }
}
