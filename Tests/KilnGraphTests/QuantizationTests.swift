import KilnGraph
import Testing

private func bytes(_ elements: [Int], _ shape: [Int]? = nil, _ scalar: ScalarType = .uint8) -> Tensor {
  Tensor(shape: shape ?? [elements.count], integers: elements, as: scalar)
}

private func scalar(_ value: Float) -> Tensor { Tensor(shape: [], floats: [value]) }

// Most numbers are those of the examples in ONNX's texts of the operators.

@Test func `quantizing rounds to even and saturates`() throws {
  let x = Tensor(shape: [6], floats: [0, 2, 3, 1000, -254, -1000])
  #expect(
    try evaluate(QuantizeLinear(to: .uint8), x, scalar(2), bytes([128], [])).integers() == [128, 129, 130, 255, 1, 0])
  let ties = Tensor(shape: [5], floats: [0.5, 1.5, -0.5, -2.5, .nan])
  #expect(try evaluate(QuantizeLinear(to: .int8), ties, scalar(1), nil).integers() == [0, 2, 0, -2, 0])
}

@Test func `scales differ along the axis or by blocks`() throws {
  let x = ramp([2, 4])
  let perRow = try evaluate(
    QuantizeLinear(to: .uint8, axis: 0), x, Tensor(shape: [2], floats: [1, 2]), bytes([0, 10]))
  #expect(perRow.integers() == [0, 1, 2, 3, 12, 12, 13, 14])
  let blocks = DequantizeLinear(axis: 1, blockSize: 3)
  let y = try evaluate(
    blocks, bytes([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), Tensor(shape: [2, 2], floats: [1, 10, 100, 1000]),
    bytes([1, 0, 0, 8], [2, 2]))
  #expect(y.floats() == [0, 1, 2, 40, 500, 600, 700, 0])
  #expect(throws: OperatorError.self) {
    try blocks.outputTypes(for: [TensorType(.uint8, [2, 4]), TensorType(.float32, [2, 3]), nil])
  }
}

@Test func `dequantizing takes thirty two bits`() throws {
  let sums = bytes([1 << 20, -3], nil, .int32)
  #expect(try evaluate(DequantizeLinear(), sums, scalar(0.5), nil).floats() == [524288, -1.5])
}

@Test func `dynamic scales cover the range`() throws {
  let x = Tensor(shape: [6], floats: [0, 2, -3, -2.5, 1.34, 0.5])
  let results = try DynamicQuantizeLinear().evaluate([x])
  #expect(results[0].integers() == [153, 255, 0, 26, 221, 179])
  #expect(results[1].floats() == [5 / 255])
  #expect(results[2].integers() == [153])
}

@Test func `integer convolution sums differences`() throws {
  let x = bytes(Array(2...10), [1, 1, 3, 3])
  let w = bytes([1, 1, 1, 1], [1, 1, 2, 2])
  let y = try evaluate(IntegerConvolution(window: Window(kernel: [2, 2])), x, w, bytes([1]), nil)
  #expect(y.scalar == .int32)
  #expect(y.integers() == [12, 16, 24, 28])
  let padded = Window(kernel: [2, 2], padBegin: [1, 1], padEnd: [1, 1])
  #expect(
    try evaluate(IntegerConvolution(window: padded), x, w, bytes([1]), nil).integers()
      == [1, 3, 5, 3, 5, 12, 16, 9, 11, 24, 28, 15, 7, 15, 17, 9])
  let signed = try evaluate(
    IntegerConvolution(window: Window(kernel: [3, 3])), x, bytes(Array(repeating: -1, count: 18), [2, 1, 3, 3], .int8),
    nil, bytes([0, -2], nil, .int8))
  #expect(signed.integers() == [-54, 54])
}

@Test func `quantized convolution requantizes`() throws {
  let x = bytes([255, 0, 128, 7], [1, 1, 2, 2])
  let w = bytes([2, 3], [2, 1, 1, 1], .int8)
  let y = try evaluate(
    QuantizedConvolution(window: Window(kernel: [1, 1])), x, scalar(0.5), bytes([128], []), w,
    Tensor(shape: [2], floats: [1, 0.5]), bytes([0, 1], nil, .int8), scalar(2), bytes([100], []),
    bytes([0, 4], nil, .int32))
  // (x - 128) * (2, 3 - 1) + (0, 4), times 0.5 * (1, 0.5) / 2, plus 100.
  #expect(y.integers() == [164, 36, 100, 40, 132, 68, 100, 70])
}

@Test func `quantized matrix products`() throws {
  let a = bytes([208, 236, 0, 238, 3, 214, 255, 29], [2, 4])
  let b = bytes([152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247], [4, 3])
  let y = try evaluate(
    QuantizedMatMul(), a, Tensor(shape: [1], floats: [0.0066]), bytes([113]), b, Tensor(shape: [1], floats: [0.00705]),
    bytes([114]), Tensor(shape: [1], floats: [0.0107]), bytes([118]))
  #expect(y.integers() == [168, 115, 255, 1, 66, 151])

  let left = bytes([11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0], [4, 3])
  let right = bytes([1, 4, 2, 5, 3, 6], [3, 2])
  let sums = try evaluate(IntegerMatMul(), left, right, bytes([12]), bytes([0]))
  #expect(sums.integers() == [-38, -83, -44, -98, -50, -113, -56, -128])
  let perRow = try evaluate(IntegerMatMul(), left, right, bytes([12, 0, 0, 0]), bytes([0, 1]))
  #expect(perRow.integers().prefix(4) == [-38, -68, 28, 64])
}

@Test func `quantized operands are checked`() {
  let image = TensorType(.uint8, [1, 2, 3, 3])
  let weight = TensorType(.int8, [4, 2, 1, 1])
  let number = TensorType(.float32, [])
  let zero = TensorType(.uint8, [])
  let convolution = QuantizedConvolution(window: Window(kernel: [1, 1]))
  func accepts(_ weightZero: TensorType, _ bias: TensorType?) -> Bool {
    (try? convolution.outputTypes(for: [image, number, zero, weight, number, weightZero, number, zero, bias])) != nil
  }
  #expect(accepts(TensorType(.int8, []), nil))
  #expect(accepts(TensorType(.int8, [4]), TensorType(.int32, [4])))
  #expect(!accepts(TensorType(.uint8, []), nil))
  #expect(!accepts(TensorType(.int8, [3]), nil))
  #expect(!accepts(TensorType(.int8, []), TensorType(.float32, [4])))
}
