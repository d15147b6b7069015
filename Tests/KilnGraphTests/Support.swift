import KilnGraph
import Testing

/// Numbers that look random, the same each time: small multiples of 1/8, so that sums of products are exact.
func numbers(_ shape: [Int], seed: Int = 1) -> Tensor {
  var state = UInt32(truncatingIfNeeded: seed &* 747_796_405 &+ 1)
  return Tensor(
    shape: shape,
    floats: (0..<shape.elementCount).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int(state >> 24) - 128) / 8
    })
}

/// 0, 1, 2, … as float32.
func ramp(_ shape: [Int], from first: Int = 0) -> Tensor {
  Tensor(shape: shape, floats: (0..<shape.elementCount).map { Float(first + $0) })
}

/// The operator's first output.
func evaluate(_ operation: any Operator, _ inputs: Tensor?...) throws -> Tensor {
  try #require(try operation.evaluate(inputs).first)
}

/// The shape of the operator's first output for float32 inputs of these shapes.
func shape(_ operation: any Operator, _ shapes: [Int]...) throws -> [Int] {
  try #require(try operation.outputTypes(for: shapes.map { TensorType(.float32, $0) }).first).shape
}

/// The largest difference, over all elements, of two tensors of the same shape.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  return zip(a.doubles(), b.doubles()).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
