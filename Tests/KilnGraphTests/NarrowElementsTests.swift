import KilnGraph
import Testing

private let codes = Tensor(shape: [2, 3, 2], integers: [-128, 3, 0, 7, 127, -1, 5, 2, -9, 4, 1, 6], as: .int8)
private let scales = Tensor(shape: [3], floats: [0.1, 0.25, -0.3])
private let zeros = Tensor(shape: [3], integers: [1, 0, -7], as: .int8)

/// Whether the elements are what the narrow ones say.
private func isConsistent(_ tensor: Tensor) -> Bool {
  tensor.narrow?.tensor(shape: tensor.shape).floats() == tensor.floats()
}

@Test func `dequantised and converted constants know how they are stored`() throws {
  for operands in [[scales, zeros], [scales, nil], [Tensor(shape: [], floats: [0.7]), nil]] {
    let tensor = try evaluate(DequantizeLinear(axis: 1), codes, operands[0], operands[1])
    #expect(tensor.narrow?.scalar == .int8 && isConsistent(tensor))
  }
  for scalar: ScalarType in [.float16, .bfloat16, .int8, .uint16] {
    let tensor = try evaluate(Cast(to: .float32), Tensor(shape: [3], doubles: [1, 0, 5], as: scalar))
    #expect(tensor.narrow?.scalar == scalar && isConsistent(tensor))
  }
}

@Test func `what is no narrower, or has no scale for an index, is not stored narrowly`() throws {
  let wide = Tensor(shape: [2], integers: [1, 2], as: .int32)
  #expect(try evaluate(DequantizeLinear(), wide, Tensor(shape: [], floats: [0.5]), nil).narrow == nil)
  #expect(try evaluate(Cast(to: .float32), wide).narrow == nil)
  #expect(try evaluate(Cast(to: .float64), codes).narrow == nil)
  let blocks = Tensor(shape: [2, 2, 2], floats: [1, 2, 3, 4, 5, 6, 7, 8])
  #expect(try evaluate(DequantizeLinear(axis: 1, blockSize: 2), codes, blocks, nil).narrow == nil)
  let halves = Tensor(shape: [3], doubles: [1, 2, 3], as: .float16)
  #expect(try evaluate(DequantizeLinear(axis: 1), codes, halves, nil).narrow == nil)
}

@Test func `views and transpositions stay narrow while the axis of the scales is there`() throws {
  let tensor = try evaluate(DequantizeLinear(axis: 1), codes, scales, zeros)
  for permutation in [[1, 0, 2], [2, 1, 0], [0, 2, 1]] {
    let moved = try evaluate(Transpose(permutation), tensor)
    #expect(moved.narrow?.axis == permutation.firstIndex(of: 1) && isConsistent(moved))
  }
  for shape in [[2, 3, 1, 2], [1, 2, 3, 2]] {
    let view = tensor.reshaped(to: shape)
    #expect(view.narrow != nil && isConsistent(view))
  }
  for shape in [[6, 2], [3, 2, 2], [2, 6]] { #expect(tensor.reshaped(to: shape).narrow == nil) }
  let one = try evaluate(DequantizeLinear(), codes, Tensor(shape: [1], floats: [0.7]), nil)
  #expect(isConsistent(one.reshaped(to: [12])))
}

@Test func `scales take up factors, unless they would vanish or belong to another axis`() throws {
  let tensor = try evaluate(DequantizeLinear(axis: 1), codes, scales, zeros)
  let factors = [2.0, 0.125, -4]
  let scaled = try #require(tensor.narrow?.scaled(by: factors, along: 1)).tensor(shape: tensor.shape)
  let expected = tensor.floats().enumerated().map { $1 * Float(factors[$0 / 2 % 3]) }
  #expect(scaled.floats() == expected && isConsistent(scaled))
  #expect(tensor.narrow?.scaled(by: [1, 2], along: 0) == nil)
  #expect(tensor.narrow?.scaled(by: [1e-40, 1, 1], along: 1) == nil)
  #expect(tensor.narrow?.scaled(by: [1e-60, 1, 1], along: 1) == nil)
  #expect(tensor.narrow?.scaled(by: [1e60, 1, 1], along: 1) == nil)
  let halves = try evaluate(Cast(to: .float32), Tensor(shape: [2, 2], doubles: [1, 0.5, -3, 7], as: .float16))
  let products = try #require(halves.narrow?.scaled(by: [0.5, 3], along: 0)).tensor(shape: [2, 2])
  #expect(products.floats() == [0.5, 0.25, -9, 21] && products.narrow?.scalar == .float16)
}
