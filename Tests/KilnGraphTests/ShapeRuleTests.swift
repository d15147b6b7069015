import KilnGraph
import Testing

/// Operands of operators that do not fit, and what the error says.
@Test func `errors say what does not fit`() {
  func message(_ operation: any Operator, _ shapes: [Int]...) -> String {
    do throws(OperatorError) {
      _ = try operation.outputTypes(for: shapes.map { TensorType(.float32, $0) })
      return "accepted"
    } catch { return error.description }
  }
  let window = Window(kernel: [3, 3])
  let convolution = Convolution(window: window, groups: 2)
  #expect(message(convolution, [1, 4, 8, 8], [6, 2, 3, 3]) == "accepted")
  #expect(
    message(convolution, [1, 6, 8, 8], [6, 2, 3, 3])
      == "the weight has 2 input channels per group, the input has 6 in 2 groups")
  #expect(message(convolution, [1, 3, 8, 8], [6, 2, 3, 3]).contains("not divisible into 2 groups"))
  #expect(message(convolution, [1, 4, 8, 8], [6, 2, 3, 2]).contains("does not have the kernel [3, 3]"))
  #expect(message(convolution, [1, 4, 8], [6, 2, 3, 3]).contains("does not fit the input"))
  #expect(
    message(convolution, [1, 4, 2, 8], [6, 2, 3, 3]) == "the kernel reaches over 3 elements, spatial axis 0 has 2")
  #expect(message(convolution, [1, 4, 8, 8]) == "the operand 'weight' is missing")
  #expect(message(convolution, [1, 4, 8, 8], [6, 2, 3, 3], [5]) == "the bias is [5], [6] is needed")
  #expect(message(Linear(), [2, 3], [4, 5]).contains("does not fit the last axis"))
  #expect(message(Reshape(to: [7]), [2, 3]).contains("different numbers of elements"))
  #expect(message(Reshape(to: [-1]), [2, 3]).contains("negative"))
  #expect(message(Softmax(axis: 2), [2, 3]) == "axis 2 is outside a tensor of 2 axes")
  #expect(message(Unary(.relu), [1], [1]) == "there are 2 operands, at most 1 make sense")
  #expect(message(DepthToSpace(block: 0, channelIsOuter: false), [1, 4, 1, 1]).contains("blocks of 0x0"))
}

/// Attributes as a hostile file may hold them: refused, without a trap.
@Test func `extreme attributes are refused`() {
  let extremes = [Int.min, -1, .max]
  for extreme in extremes {
    let windows = [
      Window(kernel: [extreme]), Window(kernel: [2], strides: [extreme]), Window(kernel: [2], dilations: [extreme]),
      Window(kernel: [2], padBegin: [extreme]), Window(kernel: [2], padEnd: [extreme]),
      Window(kernel: [2], strides: []), Window(kernel: [2], padEnd: [0, 0]),
    ]
    for window in windows {
      #expect(throws: OperatorError.self) { try shape(Convolution(window: window), [1, 1, 9], [1, 1] + [9]) }
      #expect(throws: OperatorError.self) {
        try shape(TransposedConvolution(window: window), [1, 1, 9], [1, 1] + [9])
      }
    }
    let one = Window(kernel: [1])
    for groups in [extreme, 0] where groups != 1 {
      #expect(throws: OperatorError.self) {
        try shape(Convolution(window: one, groups: groups), [1, 2, 9], [2, 2, 1])
      }
      #expect(throws: OperatorError.self) {
        try shape(TransposedConvolution(window: one, groups: groups), [1, 2, 9], [2, 2, 1])
      }
    }
    #expect(throws: OperatorError.self) {
      try shape(TransposedConvolution(window: one, outputPadding: [extreme]), [1, 1, 9], [1, 1, 1])
    }
    #expect(throws: OperatorError.self) { try shape(Reshape(to: [extreme]), [2]) }
    #expect(throws: OperatorError.self) { try shape(Expand(to: [extreme]), [1]) }
    #expect(throws: OperatorError.self) { try shape(Tile([extreme]), [2]) }
    #expect(throws: OperatorError.self) { try shape(Softmax(axis: extreme), [2]) }
    #expect(throws: OperatorError.self) { try shape(Slice(starts: [extreme], counts: [1]), [2]) }
    #expect(throws: OperatorError.self) { try shape(Slice(starts: [0], counts: [extreme]), [2]) }
    #expect(throws: OperatorError.self) { try shape(DepthToSpace(block: extreme, channelIsOuter: true), [1, 4, 2, 2]) }
    #expect(throws: OperatorError.self) { try shape(SpaceToDepth(block: extreme), [1, 4, 2, 2]) }
    #expect(throws: OperatorError.self) {
      try shape(GroupNormalization(groups: extreme, epsilon: 0), [1, 4], [4], [4])
    }
    #expect(throws: OperatorError.self) { try shape(OneHot(axis: 0, depth: extreme), [2], [2]) }
    #expect(throws: OperatorError.self) { try shape(TopK(axis: 0, count: extreme), [2]) }
    #expect(throws: OperatorError.self) { try shape(Reduction(.sum, axes: [extreme], keepsAxes: true), [2]) }
  }
}

@Test func `transposed extents follow the formula`() throws {
  func extent(_ window: Window, _ outputPadding: Int = 0) throws -> Int {
    try shape(
      TransposedConvolution(window: window, outputPadding: [outputPadding]), [1, 1, 5], [1, 1] + window.kernel)[2]
  }
  #expect(try extent(Window(kernel: [3], strides: [2])) == 11)
  #expect(try extent(Window(kernel: [3], strides: [2], padBegin: [1], padEnd: [1]), 1) == 10)
  #expect(try extent(Window(kernel: [3], strides: [3], dilations: [2], padBegin: [-1], padEnd: [2])) == 16)
  #expect(throws: OperatorError.self) { try extent(Window(kernel: [1], padBegin: [3], padEnd: [3])) }
}

@Test func `costs count multiply-accumulates`() throws {
  func cost(_ operation: any Operator, _ shapes: [Int]...) throws -> Int {
    let types = shapes.map { TensorType(.float32, $0) }
    return operation.multiplyAccumulates(inputs: types, outputs: try operation.outputTypes(for: types))
  }
  let window = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
  #expect(try cost(Convolution(window: window, groups: 2), [2, 4, 5, 5], [6, 2, 3, 3]) == 2 * 6 * 25 * 18)
  #expect(
    try cost(TransposedConvolution(window: Window(kernel: [2, 2], strides: [2, 2])), [1, 4, 5, 5], [4, 3, 2, 2])
      == 4 * 25 * 12)
  #expect(try cost(Linear(), [2, 3, 4], [5, 4]) == 2 * 3 * 4 * 5)
  #expect(try cost(MatMul(), [7, 2, 3], [3, 4]) == 7 * 2 * 3 * 4)
  #expect(try cost(Unary(.relu), [7]) == 0)
}

@Test func `details read well`() {
  let window = Window(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [0, 1])
  let epilogue = Epilogue(activation: .function(.relu), addend: .beforeActivation)
  #expect(
    Convolution(window: window, groups: 4, epilogue: epilogue).details
      == "3x3 stride 2x2 pad 1x1 and 0x1, groups 4, + addend, Relu")
  #expect(Linear().details == "")
}

/// What a few bytes of a file can ask for must not cost more than its result.
@Test func `cost follows the result and not the attributes`() throws {
  let huge = 1 << 30
  let window = Window(kernel: [huge], strides: [huge], padBegin: [huge - 1], padEnd: [huge - 1])
  let x = Tensor(shape: [1, 1, 3], floats: [1, 2, 6])
  #expect(try evaluate(Pool(.maximum, window: window), x).floats() == [1, 6])
  #expect(try evaluate(Pool(.average(countsPadding: false), window: window), x).floats() == [1, 4])
  #expect(try evaluate(Pool(.average(countsPadding: true), window: window), x).floats() == [0x1p-30, 0x1p-27])
  let none = Tensor(shape: [1 << 27, 0], floats: [])
  #expect(try evaluate(Softmax(axis: 1), none).shape == [1 << 27, 0])
  #expect(try evaluate(Transpose([1, 0]), none).shape == [0, 1 << 27])
  #expect(try evaluate(Pad(begin: [0, 0], end: [5, 0], mode: .constant(0)), none).shape == [(1 << 27) + 5, 0])
  #expect(try evaluate(Unary(.sigmoid), none).elementCount == 0)
}
