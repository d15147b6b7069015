import KilnGraph
import Testing

private let square = ramp([1, 1, 3, 3], from: 1)

@Test func `maximum ignores padding`() throws {
  let window = Window(kernel: [2, 2], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1])
  let y = try evaluate(Pool(.maximum, window: window), try evaluate(Unary(.negate), square))
  #expect(y.floats() == [-1, -2, -4, -5])
}

@Test func `average counts padding only when asked`() throws {
  let window = Window(kernel: [2, 2], padBegin: [1, 1], padEnd: [0, 0])
  #expect(
    try evaluate(Pool(.average(countsPadding: false), window: window), square).floats()
      == [1, 1.5, 2.5, 2.5, 3, 4, 5.5, 6, 7])
  #expect(
    try evaluate(Pool(.average(countsPadding: true), window: window), square).floats()
      == [0.25, 0.75, 1.25, 1.25, 3, 4, 2.75, 6, 7])
}

/// A window that rounding up adds reaches beyond the padding; what lies there never counts.
@Test func `rounding up counts no element beyond the padding`() throws {
  let window = Window(kernel: [3], strides: [2], padBegin: [0], padEnd: [1])
  let x = Tensor(shape: [1, 1, 6], floats: [1, 2, 3, 4, 5, 6])
  #expect(
    try evaluate(Pool(.average(countsPadding: true), window: window, roundsUp: true), x).floats()
      == [2, 4, Float(11) / 3])
  #expect(
    try evaluate(Pool(.average(countsPadding: false), window: window, roundsUp: true), x).floats() == [2, 4, 5.5])
  let wide = Window(kernel: [3], strides: [3], padBegin: [0], padEnd: [1])
  #expect(
    try evaluate(Pool(.average(countsPadding: true), window: wide, roundsUp: true), ramp([1, 1, 4])).floats()
      == [1, 1.5])
}

@Test func `extents round as ONNX says`() throws {
  let window = Window(kernel: [2], strides: [3], padBegin: [1], padEnd: [1])
  func extent(_ input: Int, _ window: Window, _ roundsUp: Bool) throws -> Int {
    try window.outputExtent(0, input: input, roundsUp: roundsUp)
  }
  #expect(try extent(4, window, false) == 2)
  #expect(try extent(4, window, true) == 3 - 1, "the third window would start behind the input")
  #expect(try extent(6, window, true) == 3)
  #expect(try extent(2, Window(kernel: [3], strides: [2]), true) == 1)
  #expect(throws: OperatorError.self) { try extent(2, Window(kernel: [3], strides: [2]), false) }
  #expect(try extent(7, Window(kernel: [2], strides: [5]), false) == 2, "a stride beyond the kernel")
  #expect(try extent(7, Window(kernel: [3], dilations: [3]), false) == 1)
}

@Test func `indices number the whole input`() throws {
  let x = Tensor(shape: [1, 2, 2, 3], floats: [1, 9, 2, 3, 4, 5, 7, 6, 5, 4, 8, 8])
  let rows = try Pool(.maximumWithIndices(columnMajor: false), window: Window(kernel: [2, 2])).evaluate([x])
  #expect(rows[0].floats() == [9, 9, 8, 8])
  #expect(rows[1].integers() == [1, 1, 10, 10])
  let columns = try Pool(.maximumWithIndices(columnMajor: true), window: Window(kernel: [2, 2])).evaluate([x])
  #expect(columns[1].integers() == [2, 2, 9, 9])
}

@Test func `norm and layouts agree`() throws {
  let x = Tensor(shape: [1, 2, 1, 2], floats: [3, -4, 5, 12])
  let pool = Pool(.norm(p: 2), window: Window(kernel: [1, 2]))
  #expect(try evaluate(pool, x).floats() == [5, 13])
  let images = numbers([2, 3, 5, 4])
  let window = Window(kernel: [3, 2], strides: [1, 2], dilations: [2, 1], padBegin: [1, 0], padEnd: [0, 1])
  for kind in [Pool.Kind.maximum, .average(countsPadding: false), .average(countsPadding: true)] {
    let first = try evaluate(Pool(kind, window: window, roundsUp: true), images)
    let last = try evaluate(
      Pool(kind, window: window, roundsUp: true, layout: .channelsLast), try evaluate(Transpose([0, 2, 3, 1]), images))
    #expect(distance(last, try evaluate(Transpose([0, 2, 3, 1]), first)) == 0)
  }
}

@Test func `maxima of bytes stay bytes`() throws {
  let x = Tensor(shape: [1, 1, 4], integers: [250, 3, 7, 255], as: .uint8)
  let y = try evaluate(Pool(.maximum, window: Window(kernel: [2], strides: [2])), x)
  #expect(y.scalar == .uint8)
  #expect(y.integers() == [250, 255])
}
