import Foundation
import KilnGraph
import Testing

private func integers(_ elements: [Int], _ scalar: ScalarType) -> Tensor {
  Tensor(shape: [elements.count], integers: elements, as: scalar)
}

@Test func `broadcast follows NumPy`() throws {
  #expect(try shape(Binary(.add), [3, 1, 5], [4, 1]) == [3, 4, 5])
  #expect(try shape(Binary(.add), [], [2]) == [2])
  #expect(try shape(Binary(.add), [0, 1], [1, 3]) == [0, 3])
  #expect(throws: OperatorError.self) { try shape(Binary(.add), [2], [3]) }
  #expect(throws: OperatorError.self) { try shape(Binary(.add), [1 << 30, 1], [1, 1 << 30]) }
  #expect(try evaluate(Binary(.subtract), ramp([2, 1]), ramp([3])).floats() == [0, -1, -2, 1, 0, -1])
}

@Test func `integers wrap around`() throws {
  let a = integers([200, 100, 255], .uint8)
  let b = integers([100, 200, 1], .uint8)
  #expect(try evaluate(Binary(.add), a, b).integers() == [44, 44, 0])
  #expect(try evaluate(Binary(.subtract), a, b).integers() == [100, 156, 254])
  #expect(try evaluate(Binary(.multiply), a, b).integers() == [32, 32, 255])
  #expect(
    try evaluate(Binary(.divide), integers([-7, 7, 5], .int32), integers([2, -2, 0], .int32)).integers() == [-3, -3, 0])
  #expect(try evaluate(Binary(.divide), integers([.min], .int64), integers([-1], .int64)).integers() == [.min])
  #expect(try evaluate(Unary(.absolute), integers([-128, -3], .int8)).integers() == [-128, 3])
}

@Test func `unsigned integers compare as unsigned`() throws {
  let a = integers([-1, 1], .uint64)
  let b = integers([1, -1], .uint64)
  #expect(try evaluate(Binary(.greater), a, b).integers() == [1, 0])
  #expect(try evaluate(Binary(.maximum), a, b).integers() == [-1, -1])
  #expect(try evaluate(Unary(.relu), a).integers() == [-1, 1])
  #expect(try evaluate(Unary(.clip(lower: 2, upper: .infinity)), a).integers() == [-1, 2])
}

@Test func `remainders take their signs`() throws {
  let a = [-4, 7, 5, 4, -7, 8]
  let b = [2, -3, 8, -2, 3, 5]
  #expect(try evaluate(Binary(.modulo), integers(a, .int32), integers(b, .int32)).integers() == [0, -2, 5, 0, 2, 3])
  #expect(try evaluate(Binary(.remainder), integers(a, .int32), integers(b, .int32)).integers() == [0, 1, 5, 0, -1, 3])
  let x = Tensor(shape: [2], floats: [-4.5, 5])
  let y = Tensor(shape: [2], floats: [2, -3])
  #expect(try evaluate(Binary(.modulo), x, y).floats() == [1.5, -1])
  #expect(try evaluate(Binary(.remainder), x, y).floats() == [-0.5, 2])
}

@Test func `powers take mixed types`() throws {
  let x = Tensor(shape: [3], floats: [1, 2, 3])
  #expect(try evaluate(Binary(.power), x, integers([4, 5, 6], .int64)).floats() == [1, 32, 729])
  #expect(try evaluate(Binary(.power), integers([1, 2, 3], .int64), x).integers() == [1, 4, 27])
  #expect(
    try evaluate(Binary(.power), integers([2, -3], .int32), integers([31, 3], .int32)).integers() == [
      Int(Int32.min), -27,
    ])
}

@Test func `bits shift out`() throws {
  let x = integers([16, 255], .uint8)
  #expect(try evaluate(Binary(.shiftLeft), x, integers([1, 4], .uint8)).integers() == [32, 240])
  #expect(try evaluate(Binary(.shiftRight), x, integers([2, 70], .uint8)).integers() == [4, 0])
  let signed = integers([-16, 16], .int8)
  #expect(try evaluate(Binary(.shiftRight), signed, integers([2, 9], .int8)).integers() == [-4, 0])
  #expect(try evaluate(Binary(.shiftRight), integers([-1], .uint64), integers([63], .uint64)).integers() == [1])
  #expect(try evaluate(Binary(.bitwiseExclusiveOr), x, integers([17, 1], .uint8)).integers() == [1, 254])
}

@Test func `types that make no sense are refused`() {
  func refuses(_ operation: any Operator, _ types: TensorType...) -> Bool {
    (try? operation.outputTypes(for: types)) == nil
  }
  let (real, whole, truth) = (TensorType(.float32, [1]), TensorType(.int64, [1]), TensorType(.bool, [1]))
  #expect(refuses(Binary(.add), real, whole))
  #expect(refuses(Binary(.add), truth, truth))
  #expect(refuses(Binary(.and), real, real))
  #expect(refuses(Binary(.bitwiseAnd), real, real))
  #expect(refuses(Unary(.sigmoid), whole))
  #expect(refuses(Unary(.not), real))
  #expect(refuses(Softmax(axis: 0), whole))
  #expect(refuses(Select(), real, real, real))
  #expect(!refuses(Binary(.equal), truth, truth))
}

@Test func `maximum of NaN is NaN`() throws {
  let x = Tensor(shape: [2], floats: [.nan, 1])
  let y = Tensor(shape: [2], floats: [1, .nan])
  #expect(try evaluate(Binary(.maximum), x, y).floats().allSatisfy(\.isNaN))
  #expect(ScalarFunction.relu(.nan).isNaN)
}

/// Functions, an argument, and the value by another formula.
@Test(arguments: [
  (ScalarFunction.leakyReLU(slope: 0.1), -2.0, -0.2), (.sigmoid, -800, 0), (.sigmoid, 1, 1 / (1 + exp(-1.0))),
  (.hardSigmoid(alpha: 0.2, beta: 0.5), 1, 0.7), (.silu, 2, 2 / (1 + exp(-2.0))), (.hardSwish, 1, 4 / 6.0),
  (.elu(alpha: 2), -1, 2 * (exp(-1.0) - 1)), (.selu(alpha: 2, gamma: 3), -1, 6 * (exp(-1.0) - 1)),
  (.celu(alpha: 2), -1, 2 * (exp(-0.5) - 1)), (.thresholdedReLU(alpha: 2), 2, 0), (.softplus, 900, 900),
  (.softplus, 0, log(2.0)), (.softsign, -3, -0.75), (.mish, 1, Foundation.tanh(log(1 + exp(1.0)))),
  (.gelu(approximate: false), 1, 0.8413447460685429), (.gelu(approximate: true), 1, 0.8411919906082768),
  (.shrink(lambda: 1.5, bias: 1), -2, -1), (.shrink(lambda: 1.5, bias: 1), 1, 0), (.sign, -0.5, -1),
  (.round, 2.5, 2), (.round, -1.5, -2), (.ceiling, -1.5, -1), (.errorFunction, 0.5, 0.5204998778130465),
  (.isInfinite(positive: false, negative: true), .infinity, 0), (.clip(lower: 5, upper: 1), 3, 1),
])
func scalarFunctionsFollowTheirFormula(_ function: ScalarFunction, _ x: Double, _ expected: Double) {
  #expect(abs(function(x) - expected) < 1e-12)
}

@Test func `predicates are bool`() throws {
  let x = Tensor(shape: [3], floats: [.nan, -.infinity, 0])
  let y = try evaluate(Unary(.isNaN), x)
  #expect(y.scalar == .bool)
  #expect(y.integers() == [1, 0, 0])
  #expect(try evaluate(Unary(.isInfinite(positive: true, negative: true)), x).integers() == [0, 1, 0])
  #expect(try evaluate(Unary(.not), y).integers() == [0, 1, 1])
}

@Test func `cast keeps what fits`() throws {
  let large = integers([(1 << 53) + 1], .int64)
  #expect(try evaluate(Cast(to: .uint64), large).integers() == [(1 << 53) + 1])
  #expect(try evaluate(Cast(to: .int32), Tensor(shape: [3], floats: [-1.9, 2.9, .nan])).integers() == [-1, 2, 0])
  #expect(try evaluate(Cast(to: .bool), Tensor(shape: [2], floats: [0.5, 0])).integers() == [1, 0])
  #expect(try evaluate(Cast(to: .float32), integers([-1], .uint64)).floats() == [0x1p64])
}
