import KilnGraph
import Testing

/// A convolution's attributes and the sizes it is tried on.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  var input: [Int]
  var outputs: Int
  var window: Window
  var groups = 1

  var testDescription: String { "\(input) to \(outputs), \(window), groups \(groups)" }

  var weightShape: [Int] { [outputs, input[1] / groups] + window.kernel }

  static let all = [
    ConvolutionCase(input: [1, 1, 1, 1], outputs: 1, window: Window(kernel: [1, 1])),
    ConvolutionCase(
      input: [2, 3, 5, 6], outputs: 4, window: Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])),
    ConvolutionCase(input: [1, 2, 7, 7], outputs: 9, window: Window(kernel: [1, 1], strides: [3, 4])),
    ConvolutionCase(
      input: [1, 4, 8, 5], outputs: 6,
      window: Window(kernel: [2, 3], strides: [2, 1], dilations: [3, 2], padBegin: [0, 2], padEnd: [3, 1]), groups: 2),
    ConvolutionCase(
      input: [3, 5, 4, 4], outputs: 10, window: Window(kernel: [3, 3], padBegin: [2, 0], padEnd: [0, 2]), groups: 5),
    ConvolutionCase(
      input: [2, 3, 9], outputs: 2, window: Window(kernel: [4], strides: [2], padBegin: [5], padEnd: [4])),
    ConvolutionCase(
      input: [1, 2, 3, 4, 5], outputs: 3,
      window: Window(kernel: [2, 2, 2], strides: [1, 2, 1], padBegin: [1, 0, 1], padEnd: [0, 0, 1])),
    ConvolutionCase(input: [0, 2, 4, 4], outputs: 3, window: Window(kernel: [3, 3])),
    ConvolutionCase(input: [1, 17, 12, 11], outputs: 19, window: Window(kernel: [2, 2])),
  ]
}

/// The sum that ONNX's text writes, by its indices.
private func sumByDefinition(_ test: ConvolutionCase, _ x: Tensor, _ w: Tensor, output: [Int]) -> [Double] {
  let (input, weight) = (x.doubles(), w.doubles())
  func index(_ number: Int, in extents: [Int]) -> [Int] {
    var rest = number
    return extents.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
  return (0..<output.elementCount).map { number in
    let place = index(number, in: output)
    return (0..<w.shape[1...].reduce(1, *)).reduce(0.0) { sum, term in
      let tap = index(term, in: Array(w.shape[1...]))
      let channel = place[1] / (test.outputs / test.groups) * w.shape[1] + tap[0]
      var offset = place[0] * test.input[1] + channel
      for axis in 0..<test.window.rank {
        let position =
          place[2 + axis] * test.window.strides[axis] + tap[1 + axis] * test.window.dilations[axis]
          - test.window.padBegin[axis]
        guard (0..<test.input[2 + axis]).contains(position) else { return sum }
        offset = offset * test.input[2 + axis] + position
      }
      return sum + input[offset] * weight[place[1] * w.shape[1...].reduce(1, *) + term]
    }
  }
}

private func channelsLast(_ tensor: Tensor) throws -> Tensor {
  try evaluate(Transpose([0] + Array(2..<tensor.type.rank) + [1]), tensor)
}

@Test(arguments: ConvolutionCase.all)
func `convolution is the sum of its definition`(_ test: ConvolutionCase) throws {
  let x = numbers(test.input)
  let w = numbers(test.weightShape, seed: 2)
  let y = try evaluate(Convolution(window: test.window, groups: test.groups), x, w)
  #expect(y.doubles() == sumByDefinition(test, x, w, output: y.shape))
}

@Test(arguments: ConvolutionCase.all)
func `channels-last convolution is the same`(_ test: ConvolutionCase) throws {
  let x = numbers(test.input)
  let w = numbers(test.weightShape, seed: 2)
  let y = try evaluate(Convolution(window: test.window, groups: test.groups), x, w)
  let last = Convolution(window: test.window, groups: test.groups, layout: .channelsLast)
  #expect(distance(try evaluate(last, try channelsLast(x), w), try channelsLast(y)) == 0)
}

/// Transposed convolution is the adjoint: `<conv(x), y> == <x, transposed(y)>` for the same weight.
@Test(arguments: ConvolutionCase.all)
func `transposed convolution is the adjoint`(_ test: ConvolutionCase) throws {
  let x = numbers(test.input)
  let w = numbers(test.weightShape, seed: 2)
  let y = try evaluate(Convolution(window: test.window, groups: test.groups), x, w)
  let gradient = numbers(y.shape, seed: 3)
  // What strides skip at the end of an axis comes back as output padding.
  let outputPadding = (0..<test.window.rank).map { axis in
    let (window, input) = (test.window, test.input[2 + axis])
    return (input + window.padBegin[axis] + window.padEnd[axis] - window.extent(axis)) % window.strides[axis]
  }
  let adjoint = TransposedConvolution(window: test.window, outputPadding: outputPadding, groups: test.groups)
  let back = try evaluate(adjoint, gradient, w)
  #expect(back.shape == x.shape)
  func inner(_ a: Tensor, _ b: Tensor) -> Double { zip(a.doubles(), b.doubles()).reduce(0) { $0 + $1.0 * $1.1 } }
  #expect(abs(inner(y, gradient) - inner(x, back)) <= 1e-6 * max(1, abs(inner(x, back))))

  let last = TransposedConvolution(
    window: test.window, outputPadding: outputPadding, groups: test.groups, layout: .channelsLast)
  #expect(distance(try evaluate(last, try channelsLast(gradient), w), try channelsLast(back)) == 0)
}

@Test func `transposed convolution of ones counts overlaps`() throws {
  let y = try evaluate(
    TransposedConvolution(window: Window(kernel: [3], strides: [2], padBegin: [1], padEnd: [0])),
    Tensor(shape: [1, 1, 3], floats: [1, 10, 100]), Tensor(shape: [1, 1, 3], floats: [1, 1, 1]))
  #expect(y.floats() == [1, 11, 10, 110, 100, 100])
}

@Test func `epilogue adds and activates in order`() throws {
  let x = Tensor(shape: [1, 2], floats: [1, -1])
  let identity = Tensor(shape: [2, 2], floats: [1, 0, 0, 1])
  let bias = Tensor(shape: [2], floats: [-3, 5])
  let addend = Tensor(shape: [1, 2], floats: [1, -10])
  let slope = Tensor(shape: [2], floats: [0.5, 0.25])
  let relu = Activation.function(.relu)
  func linear(_ epilogue: Epilogue, _ addend: Tensor?, _ slope: Tensor?) throws -> [Float] {
    try evaluate(Linear(epilogue: epilogue), x, identity, bias, addend, slope).floats()
  }
  #expect(try linear(Epilogue(), nil, nil) == [-2, 4])
  #expect(try linear(Epilogue(activation: relu), nil, nil) == [0, 4])
  #expect(try linear(Epilogue(activation: relu, addend: .beforeActivation), addend, nil) == [0, 0])
  #expect(try linear(Epilogue(activation: relu, addend: .afterActivation), addend, nil) == [1, -6])
  #expect(try linear(Epilogue(activation: .parametricReLU), nil, slope) == [-1, 4])
  #expect(try linear(Epilogue(activation: .parametricReLU, addend: .beforeActivation), addend, slope) == [-0.5, -1.5])
}

@Test func `epilogue of a convolution follows the layout`() throws {
  let x = numbers([2, 3, 4, 5])
  let w = numbers([6, 3, 2, 2], seed: 2)
  let bias = numbers([6], seed: 3)
  let addend = numbers([2, 6, 3, 4], seed: 4)
  let slope = numbers([6], seed: 5)
  var convolution = Convolution(window: Window(kernel: [2, 2]))
  convolution.epilogue = Epilogue(activation: .parametricReLU, addend: .beforeActivation)
  let fused = try evaluate(convolution, x, w, bias, addend, slope)
  let sum = try evaluate(Binary(.add), try evaluate(Convolution(window: convolution.window), x, w, bias), addend)
  let expected = try evaluate(Binary(.parametricReLU), sum, slope.reshaped(to: [6, 1, 1]))
  #expect(distance(fused, expected) == 0)
  convolution.layout = .channelsLast
  let last = try evaluate(convolution, try channelsLast(x), w, bias, try channelsLast(addend), slope)
  #expect(distance(last, try channelsLast(expected)) == 0)
}

@Test func `channel affine follows its axis`() throws {
  let x = ramp([1, 2, 3])
  let weight = Tensor(shape: [2], floats: [10, 100])
  let bias = Tensor(shape: [2], floats: [1, 2])
  #expect(try evaluate(ChannelAffine(axis: 1), x, weight, bias).floats() == [1, 11, 21, 302, 402, 502])
  let y = try evaluate(
    ChannelAffine(axis: 2, epilogue: Epilogue(activation: .function(.clip(lower: 3, upper: 250)))),
    x.reshaped(to: [1, 3, 2]), weight, bias)
  #expect(y.floats() == [3, 102, 21, 250, 41, 250])
}

@Test func `matrix products broadcast their batches`() throws {
  let a = numbers([2, 1, 3, 4])
  let b = numbers([5, 4, 2], seed: 2)
  let y = try evaluate(MatMul(), a, b)
  #expect(y.shape == [2, 5, 3, 2])
  let (left, right, result) = (a.doubles(), b.doubles(), y.doubles())
  for i in 0..<2 {
    for j in 0..<5 {
      for row in 0..<3 {
        for column in 0..<2 {
          let sum = (0..<4).reduce(0.0) { $0 + left[i * 12 + row * 4 + $1] * right[j * 8 + $1 * 2 + column] }
          #expect(result[((i * 5 + j) * 3 + row) * 2 + column] == sum)
        }
      }
    }
  }
  #expect(try evaluate(MatMul(), ramp([3]), ramp([3])).floats() == [5])
  #expect(try evaluate(MatMul(), ramp([2]), ramp([2, 3])).floats() == [3, 4, 5])
  #expect(try evaluate(MatMul(), ramp([2, 0]), ramp([0, 2])).floats() == [0, 0, 0, 0])
  let large = Tensor(shape: [1, 1], integers: [1 << 31], as: .int64)
  #expect(
    try evaluate(MatMul(), large, Tensor(shape: [1, 1], integers: [(1 << 31) + 1])).integers() == [
      (1 << 62) + (1 << 31)
    ])
}

@Test func `linear applies to the last axis`() throws {
  let x = numbers([2, 3, 4])
  let w = numbers([5, 4], seed: 2)
  let expected = try evaluate(MatMul(), x, try evaluate(Transpose([1, 0]), w))
  #expect(distance(try evaluate(Linear(), x, w), expected) == 0)
  #expect(try evaluate(Linear(), ramp([4]), w).shape == [5])
  let columns = try evaluate(Transpose([1, 0]), w)
  #expect(distance(try evaluate(Linear(arrangement: .inputFirst), x, columns), expected) == 0)
}

@Test func `linear counts the inputs of flattened images`() throws {
  let image = numbers([2, 3, 2, 2])
  let w = numbers([5, 12], seed: 2)
  let expected = try evaluate(Linear(), image.reshaped(to: [2, 12]), w)
  let flat = try evaluate(Transpose([0, 2, 3, 1]), image).reshaped(to: [2, 12])
  #expect(distance(try evaluate(Linear(pixels: 4), flat, w), expected) == 0)
  let columns = try evaluate(Transpose([1, 0]), w)
  #expect(distance(try evaluate(Linear(arrangement: .inputFirst, pixels: 4), flat, columns), expected) == 0)
  #expect(throws: OperatorError.self) { try evaluate(Linear(pixels: 5), flat, w) }
}
