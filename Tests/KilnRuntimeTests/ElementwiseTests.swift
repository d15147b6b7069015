import Testing

@testable import KilnRuntime

/// Channel counts around every vector width.
let channelCounts = [1, 3, 5, 16, 17, 33]

@Test(arguments: channelCounts)
func `a function is applied to strided runs, and nothing between them is written`(count: Int) {
  let source = testNumbers(2 * 200 + 3 * 40)
  let result = memory(Array(repeating: untouched, count: 2 * 300 + 3 * 50)) { destination in
    mapElements(
      source, (0, 0, 200, 40), to: destination, (0, 0, 300, 50), shape: (1, 1, 2, 3), count: count
    ) { $0 * 2 }
  }
  var expected = Array(repeating: untouched, count: result.count)
  for i in 0..<2 {
    for j in 0..<3 {
      for c in 0..<count { expected[i * 300 + j * 50 + c] = source[i * 200 + j * 40 + c] * 2 }
    }
  }
  #expect(result == expected)
}

@Test(arguments: channelCounts)
func `a function is applied in place`(count: Int) {
  let numbers = testNumbers(count + 1)
  let result = memory(numbers) { mapElements($0, to: $0, count: count) { relu($0) } }
  #expect(result == numbers.dropLast().map { max($0, 0) } + [numbers[count]])
}

@Test(arguments: channelCounts)
func `two operands combine with either one broadcast`(count: Int) {
  let left = testNumbers(200)
  let right = testNumbers(200, seed: 2)
  for (leftStep, rightStep) in [(1, 1), (0, 1), (1, 0)] {
    let result = memory(Array(repeating: untouched, count: 4 * 50)) { destination in
      combineElements(
        left, (0, 0, 70, 0), step: leftStep, right, (0, 0, 0, 36), step: rightStep, to: destination, (0, 0, 100, 50),
        shape: (1, 1, 2, 2), count: count
      ) { $0 - $1 }
    }
    var expected = Array(repeating: untouched, count: result.count)
    for i in 0..<2 {
      for j in 0..<2 {
        for c in 0..<count {
          expected[i * 100 + j * 50 + c] = left[i * 70 + c * leftStep] - right[j * 36 + c * rightStep]
        }
      }
    }
    #expect(result == expected)
  }
}

@Test(
  arguments: channelCounts
)
func `channels are scaled, with an addend before or after the activation and a slope per channel`(count: Int) {
  let pixels = 6
  let source = testNumbers(pixels * 40)
  let weight = testNumbers(count, seed: 3)
  let bias = testNumbers(count, seed: 4)
  let slope = testNumbers(count, seed: 5)
  let addend = testNumbers(pixels * count, seed: 6)
  let result = memory(Array(repeating: untouched, count: pixels * 60)) { destination in
    scaleChannels(
      source, (0, 0, 0, 40), weight: weight, bias: bias, addend: addend, (0, 0, 0, count), slope: slope,
      to: destination, (0, 0, 0, 60), shape: (1, 1, 1, pixels), count: count
    ) { sum, addend, slope in parametricReLU(sum, slope) + addend }
  }
  for pixel in 0..<pixels {
    for c in 0..<count {
      let sum = Double(source[pixel * 40 + c]) * Double(weight[c]) + Double(bias[c])
      let exact = (sum < 0 ? sum * Double(slope[c]) : sum) + Double(addend[pixel * count + c])
      #expect(abs(Double(result[pixel * 60 + c]) - exact) <= 0x1p-18)
    }
    #expect(result[pixel * 60 + count] == untouched)
  }
}
