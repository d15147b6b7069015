/// A matrix of Float64 numbers, arranged so that a product with it reads memory in order.
///
/// The one fast loop of the reference evaluation: convolutions, linear layers and matrix products all are rows times
/// this. Sums are accumulated in Float64, in the order of the depth.
struct PackedMatrix {
  /// The extent that a product sums over.
  let depth: Int
  /// The number of columns: the results of a row.
  let columns: Int
  /// Eight columns side by side, `depth` of them a block; the last block is filled up with zeros.
  private let blocks: [SIMD8<Double>]

  /// Makes the matrix with `element(k, column)` in row `k`.
  init(depth: Int, columns: Int, element: (_ k: Int, _ column: Int) -> Double) {
    self.depth = depth
    self.columns = columns
    var blocks: [SIMD8<Double>] = []
    blocks.reserveCapacity((columns + 7) / 8 * depth)
    for first in stride(from: 0, to: columns, by: 8) {
      for k in 0..<depth {
        var lanes = SIMD8<Double>.zero
        for lane in 0..<min(8, columns - first) { lanes[lane] = element(k, first + lane) }
        blocks.append(lanes)
      }
    }
    self.blocks = blocks
  }

  /// Multiplies `count` rows of `depth` elements by the matrix; row `r` of the result begins at `r * stride`.
  func multiply(
    _ rows: UnsafePointer<Double>, count: Int, into results: UnsafeMutablePointer<Double>, stride: Int
  ) {
    blocks.withUnsafeBufferPointer { blocks in
      for first in Swift.stride(from: 0, to: columns, by: 8) {
        let lanes = min(8, columns - first)
        let block = blocks.baseAddress.map { $0 + first / 8 * depth }
        for row in 0..<count {
          var sum = SIMD8<Double>.zero
          if let block {
            let values = rows + row * depth
            var k = 0
            while k < depth {
              sum += block[k] * values[k]
              k += 1
            }
          }
          for lane in 0..<lanes { results[row * stride + first + lane] = sum[lane] }
        }
      }
    }
  }
}

extension PackedMatrix {
  /// The product of `count` rows of `depth` elements with the matrix.
  func multiply(_ rows: [Double], count: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: count * columns) { results, initialized in
      initialized = count * columns
      if let first = results.baseAddress { multiply(rows, count: count, into: first, stride: columns) }
    }
  }
}
