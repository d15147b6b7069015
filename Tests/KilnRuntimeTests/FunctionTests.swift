import Foundation
import Testing

@testable import KilnRuntime

/// A function of one number, the exact one, and the bound that its documentation states.
struct FunctionCase: Sendable, CustomStringConvertible {
  let name: String
  let range: ClosedRange<Float>
  /// In units in the last place of the exact result.
  let bound: Double
  let vector: @Sendable (Vector) -> Vector
  let exact: @Sendable (Double) -> Double

  var description: String { name }

  static let allNumbers = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude

  static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  static let all: [FunctionCase] = [
    .init(name: "exponential", range: -87...88.7, bound: 1, vector: { exponential($0) }, exact: { exp($0) }),
    .init(name: "subnormal", range: -104 ... -87, bound: 1.5, vector: { exponential($0) }, exact: { exp($0) }),
    .init(
      name: "exponentialMinusOne", range: -50...88, bound: 2, vector: { exponentialMinusOne($0) },
      exact: { expm1($0) }),
    .init(name: "logarithm", range: 0...3e38, bound: 1, vector: { logarithm($0) }, exact: { log($0) }),
    .init(
      name: "logarithmOfOnePlus", range: 0...1e38, bound: 2, vector: { logarithmOfOnePlus($0) }, exact: { log1p($0) }),
    .init(name: "tanh", range: -20...20, bound: 3, vector: { tanh($0) }, exact: { Foundation.tanh($0) }),
    .init(name: "erf", range: -10...10, bound: 2, vector: { errorFunction($0) }, exact: { erf($0) }),
    .init(name: "sigmoid", range: -87...90, bound: 3, vector: { sigmoid($0) }, exact: { logistic($0) }),
    .init(name: "silu", range: -86...90, bound: 4, vector: { silu($0) }, exact: { $0 * logistic($0) }),
    .init(
      name: "hardSwish", range: -10...3e38, bound: 3, vector: { hardSwish($0) },
      exact: { $0 * min(max($0 + 3, 0), 6) / 6 }),
    .init(
      name: "elu", range: -90...90, bound: 3, vector: { elu($0, 0.75) },
      exact: { $0 < 0 ? 0.75 * expm1($0) : $0 }),
    .init(
      name: "selu", range: -90...90, bound: 4, vector: { selu($0, 1.75, 1.0625) },
      exact: { 1.0625 * ($0 < 0 ? 1.75 * expm1($0) : $0) }),
    .init(
      name: "celu", range: -90...90, bound: 3, vector: { celu($0, 0.5) },
      exact: { $0 < 0 ? 0.5 * expm1($0 / 0.5) : $0 }),
    .init(
      name: "softplus", range: -87...90, bound: 3, vector: { softplus($0) },
      exact: { max($0, 0) + log1p(exp(-abs($0))) }),
    .init(name: "softsign", range: -1e30...1e30, bound: 2, vector: { softsign($0) }, exact: { $0 / (1 + abs($0)) }),
    .init(
      name: "mish", range: -79...90, bound: 6, vector: { mish($0) },
      exact: {
        let grown = exp(min($0, 50))
        return $0 * grown * (grown + 2) / (grown * (grown + 2) + 2)
      }),
    .init(name: "sine", range: allNumbers, bound: 2, vector: { sine($0) }, exact: { sin($0) }),
    .init(name: "cosine", range: allNumbers, bound: 2, vector: { cosine($0) }, exact: { cos($0) }),
    .init(name: "tangent", range: allNumbers, bound: 4, vector: { tangent($0) }, exact: { tan($0) }),
    .init(name: "sine of angles", range: -0x1p14...0x1p14, bound: 2, vector: { sine($0) }, exact: { sin($0) }),
    .init(name: "tangent of angles", range: -0x1p14...0x1p14, bound: 4, vector: { tangent($0) }, exact: { tan($0) }),
    .init(name: "sine near its zeros", range: 3.14...3.15, bound: 2, vector: { sine($0) }, exact: { sin($0) }),
    .init(name: "sine of large angles", range: 8000...9000, bound: 2, vector: { sine($0) }, exact: { sin($0) }),
    .init(name: "arcSine", range: -1...1, bound: 3, vector: { arcSine($0) }, exact: { asin($0) }),
    .init(name: "arcSine, far", range: 0.5...1, bound: 3, vector: { arcSine($0) }, exact: { asin($0) }),
    .init(name: "arcCosine", range: -1...1, bound: 3, vector: { arcCosine($0) }, exact: { acos($0) }),
    .init(name: "arcCosine, far", range: 0.5...1, bound: 3, vector: { arcCosine($0) }, exact: { acos($0) }),
    .init(name: "arcCosine, below", range: -1 ... -0.5, bound: 3, vector: { arcCosine($0) }, exact: { acos($0) }),
    .init(name: "arcTangent", range: allNumbers, bound: 2, vector: { arcTangent($0) }, exact: { atan($0) }),
    .init(name: "arcTangent near 1", range: 0.3...3, bound: 2, vector: { arcTangent($0) }, exact: { atan($0) }),
    .init(name: "sinh", range: -89.4...89.4, bound: 2, vector: { hyperbolicSine($0) }, exact: { sinh($0) }),
    .init(name: "sinh near 1", range: 0.5...2, bound: 2, vector: { hyperbolicSine($0) }, exact: { sinh($0) }),
    .init(name: "cosh", range: -89.4...89.4, bound: 2, vector: { hyperbolicCosine($0) }, exact: { cosh($0) }),
    .init(name: "cosh near 1", range: 0.1...3, bound: 2, vector: { hyperbolicCosine($0) }, exact: { cosh($0) }),
    .init(name: "asinh", range: allNumbers, bound: 4, vector: { arcHyperbolicSine($0) }, exact: { asinh($0) }),
    .init(name: "asinh near 1", range: 0.1...9, bound: 4, vector: { arcHyperbolicSine($0) }, exact: { asinh($0) }),
    .init(
      name: "acosh", range: 1...Float.greatestFiniteMagnitude, bound: 4, vector: { arcHyperbolicCosine($0) },
      exact: { acosh($0) }),
    .init(name: "acosh near 1", range: 1...1.1, bound: 4, vector: { arcHyperbolicCosine($0) }, exact: { acosh($0) }),
    .init(
      name: "atanh", range: -0.9999999...0.9999999, bound: 4, vector: { arcHyperbolicTangent($0) },
      exact: { atanh($0) }),
    .init(
      name: "atanh near 1", range: 0.1...0.9999999, bound: 4, vector: { arcHyperbolicTangent($0) },
      exact: { atanh($0) }),
    .init(name: "reciprocal", range: 1e-38...1e38, bound: 0.5, vector: { reciprocal($0) }, exact: { 1 / $0 }),
  ]
}

@Test(arguments: FunctionCase.all)
func `functions keep their stated bounds against Float64`(_ function: FunctionCase) {
  for x in samples(of: function.range) {
    let exact = function.exact(Double(x))
    let result = function.vector(Vector(repeating: x))[Vector.scalarCount - 1]
    if result == Float(exact) { continue }
    let unit = Double(max(abs(Float(exact)), .leastNormalMagnitude).ulp)
    #expect(abs(Double(result) - exact) <= function.bound * unit, "\(function.name)(\(x)) is \(exact), not \(result)")
  }
}

/// A thousand numbers spread over the bit patterns of a range, its ends included.
private func samples(of range: ClosedRange<Float>) -> [Float] {
  func sweep(_ from: Float, _ to: Float) -> [Float] {
    let low = from.bitPattern
    let high = to.bitPattern
    return stride(from: low, through: high, by: max(1, Int((high - low) / 499))).map { Float(bitPattern: $0) } + [to]
  }
  var result: [Float] = []
  if range.upperBound > 0 { result += sweep(max(range.lowerBound, 0), range.upperBound) }
  if range.lowerBound < 0 { result += sweep(max(-range.upperBound, 0), -range.lowerBound).map { -$0 } }
  return result
}

@Test
func `the normal distribution's gate keeps its absolute bound, its tangent form the relative one`() {
  for x in samples(of: -12...12) {
    let exact = Double(x) * erfc(-Double(x) * 0.5.squareRoot()) / 2
    #expect(abs(Double(gelu(Vector(repeating: x))[0]) - exact) <= abs(Double(x)) * 0x1p-23, "gelu(\(x))")
  }
  for x in samples(of: -5...5) {
    let cube = Double(x) * Double(x) * Double(x)
    let exact = Double(x) * FunctionCase.logistic(2 * (2 / Double.pi).squareRoot() * (Double(x) + 0.044715 * cube))
    let error = abs(Double(approximateGELU(Vector(repeating: x))[0]) - exact)
    #expect(error <= abs(exact) * (4 + abs(cube)) * 0x1p-23, "approximateGELU(\(x))")
  }
}

@Test
func `selecting functions are exact, and keep NaN`() {
  func apply(_ function: (Vector) -> Vector, _ x: Float) -> Float { function(Vector(repeating: x))[0] }
  for x in samples(of: -1e30...1e30) {
    #expect(apply(relu, x) == max(x, 0))
    #expect(apply({ clip($0, -1, 6) }, x) == min(max(x, -1), 6))
    #expect(apply({ clip($0, -.infinity, 6) }, x) == min(x, 6))
    #expect(apply({ leakyReLU($0, 0.125) }, x) == (x < 0 ? x * 0.125 : x))
    #expect(apply({ thresholdedReLU($0, 0.5) }, x) == (x > 0.5 ? x : 0))
    #expect(apply({ shrink($0, 1, 0.5) }, x) == (x < -1 ? x + 0.5 : x > 1 ? x - 0.5 : 0))
    #expect(apply(sign, x) == (x < 0 ? -1 : x > 0 ? 1 : 0))
    #expect(apply(absolute, x) == abs(x))
    #expect(apply(negate, x) == -x)
    #expect(
      apply({ hardSigmoid($0, 0.25, 0.5) }, x) == min(max((0.5 as Float).addingProduct(x, 0.25), 0), 1))
  }
  let functions: [(Vector) -> Vector] = [
    relu, { clip($0, 0, 6) }, { leakyReLU($0, 0.5) }, sign, absolute, sigmoid, silu, hardSwish,
    tanh, { elu($0, 1) }, softplus, softsign, mish, gelu, approximateGELU, exponential, logarithm,
    errorFunction, sine, cosine, tangent, arcSine, arcCosine, arcTangent, hyperbolicSine, hyperbolicCosine,
    arcHyperbolicSine, arcHyperbolicCosine, arcHyperbolicTangent,
  ]
  for function in functions { #expect(apply(function, .nan).isNaN) }
  for zero: Float in [0, -0.0] {
    for function in [relu, { clip($0, 0, 6) }, { clip($0, -0.0, 6) }] as [(Vector) -> Vector] {
      #expect(apply(function, zero).sign == .plus)
    }
  }
}

@Test
func `functions go to their limits at infinity and zero`() {
  func apply(_ function: (Vector) -> Vector, _ x: Float) -> Float { function(Vector(repeating: x))[0] }
  #expect(apply(exponential, .infinity) == .infinity)
  #expect(apply(exponential, 89) == .infinity)
  #expect(apply(exponential, -.infinity) == 0)
  #expect(apply(exponential, 0) == 1)
  #expect(apply(logarithm, 0) == -.infinity)
  #expect(apply(logarithm, .infinity) == .infinity)
  #expect(apply(logarithm, -1).isNaN)
  #expect(apply(tanh, .infinity) == 1)
  #expect(apply(tanh, -.infinity) == -1)
  #expect(apply(errorFunction, -.infinity) == -1)
  #expect(apply(sigmoid, .infinity) == 1)
  #expect(apply(sigmoid, -.infinity) == 0)
  #expect(apply(softplus, -.infinity) == 0)
  #expect(apply(softplus, .infinity) == .infinity)
  #expect(apply({ elu($0, 2) }, -.infinity) == -2)
  for function in [sine, cosine, tangent, arcSine, arcCosine, arcHyperbolicTangent] as [(Vector) -> Vector] {
    #expect(apply(function, .infinity).isNaN && apply(function, -.infinity).isNaN)
  }
  #expect(apply(arcTangent, -.infinity) == -Float(Double.pi / 2))
  #expect(apply(hyperbolicSine, -.infinity) == -.infinity)
  #expect(apply(hyperbolicCosine, -.infinity) == .infinity)
  #expect(apply(arcHyperbolicSine, -.infinity) == -.infinity)
  #expect(apply(arcHyperbolicCosine, .infinity) == .infinity)
  #expect(apply(arcHyperbolicCosine, 0.5).isNaN && apply(arcHyperbolicCosine, -.infinity).isNaN)
  #expect(apply(arcHyperbolicTangent, -1) == -.infinity)
  #expect(apply(arcHyperbolicTangent, 1.5).isNaN && apply(arcSine, 1.5).isNaN && apply(arcCosine, -1.5).isNaN)
  for function in [sine, tangent, arcSine, arcTangent, hyperbolicSine, arcHyperbolicSine, arcHyperbolicTangent]
    as [(Vector) -> Vector]
  {
    #expect(apply(function, -0.0).sign == .minus)
  }
  for x in [Float.leastNonzeroMagnitude, 0x1p-140, 0x1p-126] {
    #expect(apply(tanh, x) == x)
    #expect(apply(exponentialMinusOne, -x) == -x)
  }
}
