import Testing

@testable import KilnRuntime

@Test(arguments: channelCounts)
func `runs are copied and filled between strides`(count: Int) {
  let source = testNumbers(3 * 100 + 2 * 40)
  let result = memory(Array(repeating: untouched, count: 3 * 120 + 2 * 50)) { destination in
    copyRuns(source, (0, 0, 100, 40), to: destination, (0, 0, 120, 50), shape: (1, 1, 3, 2), count: count)
  }
  let filled = memory(Array(repeating: untouched, count: result.count)) { destination in
    fillRuns(destination, (0, 0, 120, 50), shape: (1, 1, 3, 2), count: count, value: 7)
  }
  var copies = Array(repeating: untouched, count: result.count)
  var fills = copies
  for i in 0..<3 {
    for j in 0..<2 {
      for c in 0..<count {
        copies[i * 120 + j * 50 + c] = source[i * 100 + j * 40 + c]
        fills[i * 120 + j * 50 + c] = 7
      }
    }
  }
  #expect(result == copies)
  #expect(filled == fills)
}

@Test
func `steps may be negative, zero, or more than one`() {
  let source = testNumbers(60)
  for (from, to) in [(-1, 1), (0, 1), (3, 1), (2, 5)] {
    let result = memory(Array(repeating: untouched, count: 80)) { destination in
      source.withUnsafeBufferPointer {
        copySteps(
          $0.baseAddress! + 30, (0, 0, 0, 1), step: from, to: destination, (0, 0, 0, 40), step: to, shape: (1, 1, 1, 2),
          count: 6)
      }
    }
    var expected = Array(repeating: untouched, count: 80)
    for j in 0..<2 { for i in 0..<6 { expected[j * 40 + i * to] = source[30 + j + i * from] } }
    #expect(result == expected)
  }
}

@Test(arguments: [(3, 50), (50, 3), (1, 9), (4, 4), (16, 16), (17, 33), (33, 5), (2, 40)])
func `matrices are transposed, whatever their size`(rows: Int, columns: Int) {
  let source = testNumbers(2 * 3000)
  let result = memory(Array(repeating: untouched, count: 2 * 3000)) { destination in
    copyTransposed(
      source, (0, 0, 0, 3000), stride: rows + 2, to: destination, (0, 0, 0, 3000), stride: columns + 1,
      shape: (1, 1, 1, 2), rows: rows, columns: columns)
  }
  var expected = Array(repeating: untouched, count: result.count)
  for i in 0..<2 {
    for row in 0..<rows {
      for column in 0..<columns {
        expected[i * 3000 + row * (columns + 1) + column] = source[i * 3000 + row + column * (rows + 2)]
      }
    }
  }
  #expect(result == expected)
}

@Test(arguments: [1, 4, 7, 50])
func `three planes become pixels, and pixels three planes`(count: Int) {
  let planes = testNumbers(3 * 60)
  let pixels = (0..<count).flatMap { i in (0..<3).map { planes[$0 * 60 + i] } }
  let interleaved = memory(Array(repeating: untouched, count: 3 * count + 1)) { destination in
    copyTransposed(
      planes, (0, 0, 0, 0), stride: 60, to: destination, (0, 0, 0, 0), stride: 3, shape: (1, 1, 1, 1), rows: count,
      columns: 3)
  }
  #expect(interleaved == pixels + [untouched])
  let separated = memory(Array(repeating: untouched, count: 3 * 60)) { destination in
    copyTransposed(
      pixels, (0, 0, 0, 0), stride: 3, to: destination, (0, 0, 0, 0), stride: 60, shape: (1, 1, 1, 1), rows: 3,
      columns: count)
  }
  for channel in 0..<3 {
    let plane = (channel * 60)..<(channel * 60 + 60)
    #expect(Array(separated[plane]) == planes[plane].prefix(count) + Array(repeating: untouched, count: 60 - count))
  }
}
