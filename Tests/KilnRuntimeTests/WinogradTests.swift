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
private func transformed(_ matrix: [[Double]], _ values: [Double]) -> [Double] {
  let edge = matrix[0].count
  var result: [Double] = []
  for left in matrix {
    for right in matrix {
      var sum = 0.0
      for i in 0..<edge {
        for j in 0..<edge { sum += left[i] * values[i * edge + j] * right[j] }
      }
      result.append(sum)
    }
  }
  return result
}

/// Sums that are stored with their biases.
private enum Plain<Lanes: WinogradLanes>: WinogradFinish {
  static var hasSlope: Bool { false }
  static var isCheap: Bool { true }

  static func finish(
    _ sum: Lanes, bias: Lanes, slope: Lanes, _ addend: UnsafePointer<Lanes.Element>,
    _ output: UnsafeMutablePointer<Lanes.Element>
  ) { (sum + bias).write(output) }

  static func finish(
    _ sum: Lanes, bias: Lanes, slope: Lanes, _ addend: UnsafePointer<Lanes.Element>,
    _ output: UnsafeMutablePointer<Lanes.Element>, count: Int
  ) { (sum + bias).write(output, count: count) }
}

/// Compares both transforms of `Transform` with the matrices of its points, up to each row's sign.
///
/// `tolerance` is for numbers of at most 1.
private func check<Transform: WinogradTransform>(
  _: Transform.Type, _ points: [Double], signs: [Double], tolerance: Double
) where Transform.Lanes.Element: BinaryFloatingPoint {
  typealias Lanes = Transform.Lanes
  let edge = Transform.outputs + 2
  let width = Lanes.scalarCount
  let numbers = testNumbers(edge * edge * width).map { Lanes.Element($0) }
  var planes = [Lanes.Element](repeating: .nan, count: edge * edge * width)
  var sums = [Lanes.Element](repeating: .nan, count: Transform.outputs * Transform.outputs * width)
  numbers.withUnsafeBufferPointer { numbers in
    planes.withUnsafeMutableBufferPointer { planes in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let base = numbers.baseAddress, let planes = planes.baseAddress, let output = sums.baseAddress else {
          return
        }
        Transform.transformInput(base, row: edge * width, pixel: width, planes, plane: width)
        Transform.transformOutput(
          Plain<Lanes>.self, base, plane: width,
          WinogradTarget(
            bias: Lanes(repeating: 1), slope: Lanes(repeating: 0), addend: base, addendRow: 0, addendPixel: 0,
            output: output, outputRow: Transform.outputs * width, outputPixel: width))
      }
    }
  }
  for lane in [0, width - 1] {
    let tile = (0..<edge * edge).map { Double(numbers[$0 * width + lane]) }
    for (index, expected) in transformed(inputMatrix(points), tile).enumerated() {
      let sign = signs[index / edge] * signs[index % edge]
      #expect(abs(Double(planes[index * width + lane]) - sign * expected) < tolerance)
    }
    for (index, expected) in transformed(outputMatrix(points), tile).enumerated() {
      #expect(abs(Double(sums[index * width + lane]) - expected - 1) < 5 * tolerance)
    }
  }
}

@Test
func `Winograd's transforms for 4 x 4 sums are those of their points`() {
  check(
    WinogradTransform4<Vector>.self, [0, 0.6875, -0.6875, 1.375, -1.375], signs: [1, 1, 1, 1, 1, 1], tolerance: 2e-5)
}

@Test
func `Winograd's transforms for 4 x 4 sums of float16 are those of their points`() {
  check(WinogradTransform4<HalfLanes>.self, [0, 0.75, -0.75, 1.5, -1.5], signs: [1, 1, 1, 1, 1, 1], tolerance: 0.1)
}

@Test
func `Winograd's transforms for 2 x 2 sums are those of their points`() {
  check(WinogradTransform2<Vector>.self, [0, 1, -1], signs: [-1, 1, 1, 1], tolerance: 2e-5)
  check(WinogradTransform2<HalfLanes>.self, [0, 1, -1], signs: [-1, 1, 1, 1], tolerance: 0.02)
}
