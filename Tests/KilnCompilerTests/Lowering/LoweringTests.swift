import Testing

@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPasses

/// Every lowering but the linear operators', compiled and run, against the reference evaluation.
@Suite struct LoweringTests {
  @Test(arguments: HostTarget.runnable)
  func `matches reference`(host: HostTarget) throws {
    var sample = KernelSample(seed: 7)
    addFunctions(to: &sample)
    addBinaries(to: &sample)
    addAffines(to: &sample)
    addMovements(to: &sample)
    addPools(to: &sample)
    addReductions(to: &sample)
    addResamplings(to: &sample)
    addProducts(to: &sample)
    addNormalizations(to: &sample)
    try sample.check(host)
  }

  private func addFunctions(to sample: inout KernelSample) {
    let functions: [ScalarFunction] = [
      .relu, .clip(lower: -1, upper: 2), .leakyReLU(slope: 0.1), .sigmoid, .hardSigmoid(alpha: 0.2, beta: 0.5), .silu,
      .hardSwish, .tanh, .elu(alpha: 0.9), .selu(alpha: 1.67, gamma: 1.05), .celu(alpha: 0.7),
      .thresholdedReLU(alpha: 1), .softplus, .softsign, .mish, .gelu(approximate: false), .gelu(approximate: true),
      .shrink(lambda: 0.5, bias: 0.25), .absolute, .negate, .sign, .reciprocal, .exponential, .errorFunction, .floor,
      .ceiling, .round,
      .narrowed(
        .number(
          mantissaBits: 2, minimumExponent: -1, largest: 1.75, excess: .infinity, hasNaN: true, hasNegativeZero: true)),
      .narrowed(.power(limit: 1.5, saturates: true)),
    ]
    for function in functions { sample.add(Unary(function), [[37]]) }
    sample.add(Unary(.logarithm), [[37]], range: 0.1...3)
    sample.add(Unary(.squareRoot), [[37]], range: 0...3)
    sample.add(Unary(.relu), [[2, 3, 5, 17]], storage: .strided)
    sample.add(Unary(.sigmoid), [[2, 3, 5, 1]], storage: .strided)
    sample.add(Unary(.tanh), [[3, 33]], storage: .computed)
  }

  private func addBinaries(to sample: inout KernelSample) {
    for function in [Binary.Function.add, .subtract, .multiply, .minimum, .maximum, .parametricReLU] {
      sample.add(Binary(function), [[2, 3, 4, 5], [5]], storage: .computed)
    }
    sample.add(
      Binary(.divide), [[3, 7], [3, 7]], constants: [1: Tensor(shape: [3, 7], floats: numbers(21, from: 1))])
    sample.add(Binary(.add), [[2, 3, 5, 17], [2, 3, 5, 17]], storage: .strided)
    sample.add(Binary(.multiply), [[2, 3, 5, 33], [2, 1, 1, 33]], storage: .strided)
    sample.add(Binary(.subtract), [[2, 1, 5, 1], [3, 1, 16]])
    sample.add(Binary(.add), [[4, 1], [1, 6]])
    sample.add(Binary(.multiply), [[], [2, 19]])
    sample.add(Binary(.parametricReLU), [[2, 5, 3, 3], [5, 1, 1]])
    sample.add(Binary(.subtract), [[2, 3, 2, 3, 2, 3], [1, 3, 1, 3, 1, 3]].map { Array($0.dropFirst()) })
    for exponent in [2, 3, 4, 1, -1] as [Float] {
      sample.add(Binary(.power), [[21], []], constants: [1: Tensor(shape: [], floats: [exponent])])
    }
    sample.add(
      Binary(.power), [[2, 3], [3]], constants: [1: Tensor(shape: [3], floats: [2, 3, -2])], tolerance: 4e-6)
    sample.add(Binary(.power), [[23], [23]], range: 0.125...3, tolerance: 4e-6)
    for exponent in [0.5, -0.5, 0.75, 1.5] as [Float] {
      sample.add(
        Binary(.power), [[21], [1]], constants: [1: Tensor(shape: [1], floats: [exponent])], range: 0.5...3)
    }
  }

  private func addAffines(to sample: inout KernelSample) {
    func constants(_ channels: Int, slope: Int? = nil) -> [Int: Tensor] {
      var constants = [1, 2].map { ($0, Tensor(shape: [channels], floats: numbers(channels, from: Float($0)))) }
      if let slope { constants.append((4, Tensor(shape: [slope], floats: numbers(slope, from: 0.1)))) }
      return Dictionary(uniqueKeysWithValues: constants)
    }
    for channels in [1, 3, 5, 16, 17, 33] {
      let shape = [2, 3, 4, channels]
      sample.add(
        ChannelAffine(axis: 3, epilogue: Epilogue(activation: .function(.relu))), [shape, [channels], [channels]],
        constants: constants(channels), storage: .strided)
    }
    sample.add(
      ChannelAffine(axis: 1, epilogue: Epilogue(activation: .parametricReLU, addend: .beforeActivation)),
      [[3, 5], [5], [5], [3, 5], [5]], constants: constants(5, slope: 5), storage: .computed)
    sample.add(
      ChannelAffine(axis: 3, epilogue: Epilogue(activation: .parametricReLU, addend: .afterActivation)),
      [[1, 3, 2, 19], [19], nil, [1, 3, 2, 19], [1]], constants: constants(19, slope: 1), storage: .strided)
  }

  private func addMovements(to sample: inout KernelSample) {
    for permutation in [[0, 3, 1, 2], [0, 2, 3, 1], [3, 2, 1, 0], [0, 1, 3, 2], [1, 0, 2, 3]] {
      sample.add(Transpose(permutation), [[2, 5, 6, 3]], storage: .dense)
      sample.add(Transpose(permutation), [[2, 4, 3, 17]], storage: .strided)
    }
    sample.add(Transpose([0, 4, 1, 5, 2, 3]), [[2, 3, 2, 4, 2, 3]])
    sample.add(Transpose([5, 1, 3, 0, 4, 2, 6]), [[2, 2, 3, 2, 2, 2, 2]])
    sample.add(
      Concat(axis: 1), [[2, 3, 4], [2, 1, 4], [2, 2, 4]],
      constants: [1: Tensor(shape: [2, 1, 4], floats: numbers(8, from: 0))])
    sample.add(Slice(starts: [1, 4], counts: [2, 3], steps: [1, -2]), [[3, 7]])
    sample.add(
      Slice(starts: [0, 1, 0, 2], counts: [2, 2, 3, 4], steps: [1, 2, 1, 1]), [[2, 4, 3, 7]], storage: .strided)
    sample.add(Reshape(to: [6, 34]), [[2, 2, 3, 17]], storage: .strided)
    sample.add(Expand(to: [2, 3, 5]), [[3, 1]])
    sample.add(Expand(to: [4, 33]), [[1]])
    sample.add(Tile([2, 1, 3]), [[2, 2, 5]])
    sample.add(Cast(to: .float32), [[7]])
    for isOuter in [false, true] {
      sample.add(DepthToSpace(block: 2, channelIsOuter: isOuter), [[2, 12, 2, 3]])
    }
    sample.add(SpaceToDepth(block: 3), [[1, 2, 3, 6]])
    let indices = Tensor(shape: [2, 2], integers: [3, 0, -1, 1])
    for axis in 0..<3 { sample.add(Gather(axis: axis), [[4, 4, 5], [2, 2]], constants: [1: indices]) }
    for mode in [Pad.Mode.constant(0.5), .reflect, .edge, .wrap] {
      sample.add(Pad(begin: [0, 1, 2, 0], end: [0, 2, 1, 0], mode: mode), [[2, 3, 4, 5]], storage: .strided)
      sample.add(Pad(begin: [5, -1], end: [4, 1], mode: mode), [[3, 4]])
    }
  }

  private func addPools(to sample: inout KernelSample) {
    let window = Window(kernel: [3, 2], strides: [2, 1], padBegin: [1, 0], padEnd: [0, 1])
    for channels in [1, 3, 5, 16, 17, 33, 70] {
      sample.add(Pool(.maximum, window: window, layout: .channelsLast), [[2, 6, 5, channels]], storage: .strided)
    }
    let wide = Window(kernel: [3, 3], strides: [2, 2], dilations: [2, 1], padBegin: [2, 1], padEnd: [2, 1])
    for kind in [
      Pool.Kind.maximum, .average(countsPadding: false), .average(countsPadding: true), .norm(p: 1), .norm(p: 2),
    ] {
      for roundsUp in [false, true] {
        sample.add(Pool(kind, window: wide, roundsUp: roundsUp, layout: .channelsLast), [[2, 8, 7, 19]])
      }
      sample.add(Pool(kind, window: wide), [[2, 3, 8, 7]])
      sample.add(Pool(kind, window: Window(kernel: [3], strides: [2], padBegin: [1])), [[2, 3, 9]])
    }
  }

  private func addReductions(to sample: inout KernelSample) {
    let kinds: [Reduction.Kind] = [.sum, .mean, .maximum, .minimum, .product, .l1, .l2, .sumOfSquares]
    for kind in kinds {
      sample.add(Reduction(kind, axes: [1, 2], keepsAxes: true), [[2, 3, 5, 17]], storage: .strided)
      sample.add(Reduction(kind, axes: [2], keepsAxes: false), [[2, 3, 35]])
    }
    sample.add(Reduction(.logSum, axes: [1], keepsAxes: false), [[3, 5]], range: 0.1...3)
    sample.add(Reduction(.mean, axes: [0, 2], keepsAxes: false), [[7, 3, 20]])
    sample.add(Reduction(.sum, axes: [1, 3], keepsAxes: true), [[2, 13, 3, 5]], storage: .strided)
    sample.add(Reduction(.maximum, axes: [0, 1, 2], keepsAxes: false), [[2, 3, 4]])
    sample.add(Reduction(.mean, axes: [1], keepsAxes: false), [[2, 1000, 3]])
    sample.add(Reduction(.mean, axes: [1], keepsAxes: false), [[2, 5000]])
    for isLogarithmic in [false, true] {
      sample.add(Softmax(axis: 1, isLogarithmic: isLogarithmic), [[3, 10]], storage: .computed)
      sample.add(Softmax(axis: 2, isLogarithmic: isLogarithmic), [[2, 3, 37]])
      sample.add(Softmax(axis: 1, isLogarithmic: isLogarithmic), [[2, 7, 19]], storage: .computed)
      sample.add(Softmax(axis: 3, isLogarithmic: isLogarithmic), [[2, 3, 3, 21]], storage: .strided)
      sample.add(Softmax(axis: 1, isLogarithmic: isLogarithmic), [[2, 3, 3, 5]], storage: .strided)
    }
  }

  private func addResamplings(to sample: inout KernelSample) {
    let coordinates: [Resize.Coordinates] = [
      .halfPixel, .halfPixelSymmetric, .pytorchHalfPixel, .alignCorners, .asymmetric,
      .crop(start: [0, 0.1, 0.2, 0], end: [1, 0.8, 1.2, 1], extrapolation: 0),
    ]
    for coordinates in coordinates {
      for interpolation in [
        Resize.Interpolation.nearest(.preferFloor), .linear(antialias: false),
        .cubic(a: -0.75, excludesOutside: false, antialias: false),
      ] {
        sample.add(
          Resize(to: [2, 6, 5, 17], scales: [1, 2, 1.25, 1], coordinates: coordinates, interpolation: interpolation),
          [[2, 3, 4, 17]], storage: .strided)
      }
    }
    sample.add(
      Resize(
        to: [1, 2, 2, 3], scales: [1, 0.4, 0.5, 1], coordinates: .halfPixel, interpolation: .linear(antialias: true)),
      [[1, 5, 4, 3]])
    for rounding in [Resize.Rounding.preferCeiling, .floor, .ceiling] {
      sample.add(
        Resize(
          to: [2, 3, 7, 6], scales: [1, 1, 1.75, 1.5], coordinates: .asymmetric, interpolation: .nearest(rounding)),
        [[2, 3, 4, 4]])
    }
    sample.add(
      Resize(to: [2, 9, 33], scales: [1, 3, 1], coordinates: .asymmetric, interpolation: .nearest(.floor)),
      [[2, 3, 33]])
  }

  private func addNormalizations(to sample: inout KernelSample) {
    func constants(_ shape: [Int]) -> [Int: Tensor] {
      [1: Float(1), 2: 0.5].mapValues { Tensor(shape: shape, floats: numbers(shape.elementCount, from: $0)) }
    }
    sample.add(
      LayerNormalization(axis: 1, epsilon: 1e-5), [[3, 37], [37], [37]], constants: constants([37]), storage: .computed)
    sample.add(
      LayerNormalization(axis: 2, epsilon: 1e-5), [[2, 3, 4, 17], [4, 17], [4, 17]], constants: constants([4, 17]))
    sample.add(LayerNormalization(axis: 1, epsilon: 1e-5), [[3, 5, 7], [7], nil], constants: constants([7]))
    for groups in [1, 2, 6] {
      for (layout, shape) in [(ImageLayout.channelsFirst, [2, 6, 5, 7]), (.channelsLast, [2, 5, 7, 6])] {
        sample.add(
          GroupNormalization(groups: groups, epsilon: 1e-5, layout: layout), [shape, [6], [6]],
          constants: constants([6]),
          storage: layout == .channelsLast ? .strided : .computed)
      }
    }
    sample.add(
      GroupNormalization(groups: 17, epsilon: 1e-5, layout: .channelsLast), [[2, 5, 3, 17], [17], [17]],
      constants: constants([17]))
    // Groups that fill a vector, that leave lanes over, that are longer than one; one row, several images.
    for (groups, members) in [(9, 2), (7, 3), (5, 4), (3, 5), (5, 8), (2, 16), (2, 17), (3, 33)] {
      let channels = groups * members
      let shape = [2, 3, 5, channels]
      let relu = Epilogue(activation: .function(.relu), addend: members % 2 == 0 ? .beforeActivation : .afterActivation)
      sample.add(
        GroupNormalization(groups: groups, epsilon: 1e-5, layout: .channelsLast, epilogue: relu),
        [shape, [channels], [channels], shape], constants: constants([channels]),
        storage: members % 2 == 0 ? .strided : .computed)
    }
    sample.add(
      GroupNormalization(groups: 3, epsilon: 1e-5, epilogue: Epilogue(addend: .beforeActivation)),
      [[3, 12], [12], [12], [3, 12]], constants: constants([12]))
    sample.add(
      GroupNormalization(groups: 2, epsilon: 1e-5, epilogue: Epilogue(activation: .function(.silu))),
      [[2, 6, 5, 7], [6], [6]], constants: constants([6]))
    for axis in [1, 3] {
      let shape = [2, 3, 4, 19]
      let parameters = Array(shape[axis...])
      sample.add(
        LayerNormalization(
          axis: axis, epsilon: 1e-5,
          epilogue: Epilogue(activation: .function(.gelu(approximate: false)), addend: .afterActivation)),
        [shape, parameters, parameters, shape], constants: constants(parameters),
        storage: axis == 3 ? .strided : .computed)
    }
    sample.add(MeanVarianceNormalization(axes: [0, 2, 3]), [[2, 3, 4, 5]])
    for p in [1, 2] {
      sample.add(LpNormalization(axis: 1, p: p), [[3, 18]])
      sample.add(
        LpNormalization(axis: 0, p: p), [[3, 18]],
        constants: [0: Tensor(shape: [3, 18], floats: Array(repeating: 0, count: 54))])
    }
    for (layout, shape) in [(ImageLayout.channelsFirst, [2, 7, 3, 6]), (.channelsLast, [2, 3, 2, 37])] {
      for size in [1, 4, 5] {
        sample.add(
          LocalResponseNormalization(size: size, alpha: 0.1, beta: 0.75, bias: 1.5, layout: layout), [shape])
      }
    }
  }

  private func addProducts(to sample: inout KernelSample) {
    sample.add(MatMul(), [[7, 9], [9, 37]])
    sample.add(MatMul(), [[2, 1, 3, 5], [4, 5, 6]])
    sample.add(MatMul(), [[5], [2, 5, 3]])
    sample.add(MatMul(), [[2, 6, 5], [5]])
    sample.add(MatMul(), [[4, 8], [8, 16]], constants: [0: Tensor(shape: [4, 8], floats: numbers(32, from: -1))])
  }

  private func numbers(_ count: Int, from first: Float) -> [Float] { (0..<count).map { first + Float($0 % 7) / 8 } }
}
