import Testing

@testable import KilnRuntime

/// `Bt` of the points: row j holds the coefficients of the product of `x - p_k` over k != j, the last row of all of them.
private func inputMatrix(_ points: [Double]) -> [[Double]] {
  (points.indices.map { $0 as Int? } + [nil]).map { left in
    var polynomial = [1.0]
    for (k, point) in points.enumerated() where k != left {
      var product = [Double](repeating: 0, count: polynomial.count + 1)
      for (i, coefficient) in polynomial.enumerated() {
        product[i] -= point * coefficient
        product[i + 1] += coefficient
      }
      polynomial = product
    }
    return polynomial + [Double](repeating: 0, count: points.count + 1 - polynomial.count)
  }
}

/// `At` of the points: row i holds their i-th powers, and 1 for infinity in the last.
private func outputMatrix(_ points: [Double]) -> [[Double]] {
  let rows = points.count - 1
  return (0..<rows).map { i in
    points.map { point in (0..<i).reduce(1.0) { power, _ in power * point } } + [i == rows - 1 ? 1 : 0]
  }
}

/// `matrix * values * transpose of matrix`.
private func transformed(_ matrix: [[Double]], _ values: [Float]) -> [Double] {
  let edge = matrix[0].count
  var result: [Double] = []
  for left in matrix {
    for right in matrix {
      var sum = 0.0
      for i in 0..<edge {
        for j in 0..<edge { sum += left[i] * Double(values[i * edge + j]) * right[j] }
      }
      result.append(sum)
    }
  }
  return result
}

/// Sums that are stored as they are.
private enum Plain: WinogradFinish {
  static var hasSlope: Bool { false }
  static var isCheap: Bool { true }

  static func finish(
    _ sum: Vector, bias: Vector, slope: Vector, _ addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) { store(sum + bias, output) }

  static func finish(
    _ sum: Vector, bias: Vector, slope: Vector, _ addend: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    count: Int
  ) { store(sum + bias, output, count: count) }
}

/// Compares both transforms of `Transform` with the matrices of its points, up to each row's sign.
private func check<Transform: WinogradTransform>(_: Transform.Type, _ points: [Double], signs: [Double]) {
  let edge = Transform.outputs + 2
  let width = Vector.scalarCount
  let numbers = testNumbers(edge * edge * width)
  let planes = memory(.init(repeating: untouched, count: edge * edge * width)) { planes in
    numbers.withUnsafeBufferPointer { numbers in
      guard let base = numbers.baseAddress else { return }
      Transform.transformInput(base, row: edge * width, pixel: width, planes, plane: width)
    }
  }
  let count = Transform.outputs * Transform.outputs
  let sums = memory(.init(repeating: untouched, count: count * width)) { output in
    numbers.withUnsafeBufferPointer { numbers in
      guard let base = numbers.baseAddress else { return }
      Transform.transformOutput(
        Plain.self, base, plane: width,
        WinogradTarget(
          bias: Vector(repeating: 1), slope: Vector(repeating: 0), addend: base, addendRow: 0, addendPixel: 0,
          output: output, outputRow: Transform.outputs * width, outputPixel: width))
    }
  }
  for lane in [0, width - 1] {
    let tile = (0..<edge * edge).map { numbers[$0 * width + lane] }
    for (index, expected) in transformed(inputMatrix(points), tile).enumerated() {
      let sign = signs[index / edge] * signs[index % edge]
      #expect(abs(Double(planes[index * width + lane]) - sign * expected) < 2e-5)
    }
    for (index, expected) in transformed(outputMatrix(points), tile).enumerated() {
      #expect(abs(Double(sums[index * width + lane]) - expected - 1) < 1e-4)
    }
  }
}

@Test
func `Winograd's transforms for 4 x 4 sums are those of their points`() {
  check(WinogradTransform4.self, [0, 0.6875, -0.6875, 1.375, -1.375], signs: [1, 1, 1, 1, 1, 1])
}

@Test
func `Winograd's transforms for 2 x 2 sums are those of their points`() {
  check(WinogradTransform2.self, [0, 1, -1], signs: [-1, 1, 1, 1])
}
