import KilnGeometry
import Testing

@testable import KilnRuntime

/// Widens panels of `width` lanes, two rows of heads beside scales and zero points, whose weights are `bits`.
private func panels<Element: NarrowElement, Bits: FixedWidthInteger>(
  _: Element.Type, _ bits: [Bits], width: Int, heads: [Float], hasScales: Bool, hasZeroPoints: Bool, count: Int
) -> [Float] {
  let rows = NarrowRows(
    width: width, heads: 2, hasScales: hasScales, hasZeroPoints: hasZeroPoints, weights: bits.count / width / count)
  return memory(Array(repeating: untouched, count: count * rows.panelStep + 1)) { target in
    bits.withUnsafeBytes { bytes in
      guard let first = bytes.baseAddress else { return }
      widenPanels(heads, first, as: Element.self, rows, to: target, count: count)
    }
  }
}

private func expectValues<Element: NarrowElement, Bits: FixedWidthInteger>(
  _ type: Element.Type, _ bits: [Bits], _ value: (Bits) -> Float
) {
  let heads = testNumbers(2 * 64)
  let widened = panels(type, bits, width: 64, heads: heads, hasScales: false, hasZeroPoints: false, count: 1)
  #expect(Array(widened[..<128]) == heads && widened.last == untouched)
  let wrong = bits.indices.first { index in
    let (actual, expected) = (widened[128 + index], value(bits[index]))
    return actual.bitPattern != expected.bitPattern && !(actual.isNaN && expected.isNaN)
  }
  #expect(wrong.map { "\(bits[$0]) is \(widened[128 + $0])" } == nil)
}

@Test func `every pattern of 8 and 16 bits becomes the number that it is`() {
  let bytes = (0..<256).map { UInt8($0) }
  let words = (0..<65536).map { UInt16($0) }
  expectValues(UInt8.self, bytes) { Float($0) }
  expectValues(Int8.self, bytes.map { Int8(bitPattern: $0) }) { Float($0) }
  expectValues(UInt16.self, words) { Float($0) }
  expectValues(Int16.self, words.map { Int16(bitPattern: $0) }) { Float($0) }
  expectValues(Half.self, words) { Float(Float16(bitPattern: $0)) }
  expectValues(BrainFloat.self, words) { Float(bitPattern: UInt32($0) << 16) }
}

@Test(arguments: [(true, true), (true, false), (false, true)])
func `scales and zero points belong to lanes and panels`(hasScales: Bool, hasZeroPoints: Bool) {
  let (width, rows, count) = (32, 3, 2)
  let codes = (0..<count * rows * width).map { Int8(truncatingIfNeeded: $0 * 37 + 5) }
  let headRows = 2 + (hasScales ? 1 : 0) + (hasZeroPoints ? 1 : 0)
  let heads = testNumbers(count * headRows * width)
  let widened = panels(
    Int8.self, codes, width: width, heads: heads, hasScales: hasScales, hasZeroPoints: hasZeroPoints, count: count)
  var expected: [Float] = []
  for panel in 0..<count {
    let head = Array(heads[(panel * headRows * width)...].prefix(headRows * width))
    expected += head[..<(2 * width)]
    for row in 0..<rows {
      for lane in 0..<width {
        var number = Float(codes[(panel * rows + row) * width + lane])
        if hasZeroPoints { number -= head[(headRows - 1) * width + lane] }
        if hasScales { number *= head[2 * width + lane] }
        expected.append(number)
      }
    }
  }
  #expect(widened == expected + [untouched])
}
