import KilnGraph
import KilnMachine

extension Tensor {
  /// The tensor with each element rounded to a step of 8 bits, of which each output channel has its own: `scale = max |w| / 127`; `nil`
  /// where an element isn't finite.
  ///
  /// - Parameters:
  ///   - axis: the output channels', 0 or 1; the other of the two is the input channels'.
  ///   - limitsPairs: whether steps are large enough for the weights of input channels `2 * k` and `2 * k + 1` to be multiplied as
  ///     `ByteProducts.narrowPairs`, where the number of input channels is even.
  package func quantized(along axis: Int, limitsPairs: Bool) -> Tensor? {
    let elements = floats()
    guard elements.allSatisfy(\.isFinite), !elements.isEmpty else { return nil }
    let inner = shape[(axis + 1)...].reduce(1, *)
    func channel(_ index: Int) -> Int { index / inner % shape[axis] }
    let pairs = limitsPairs ? inputPairs(besides: axis) : []
    let limit = ByteProducts.largestNarrowPair

    var largest = [Float](repeating: 0, count: shape[axis])
    for (index, element) in elements.enumerated() {
      largest[channel(index)] = max(largest[channel(index)], abs(element))
    }
    // A channel of zeros has any scale.
    var scales = largest.map { $0 / 127 }.map { $0.isNormal ? $0 : 1 }
    for (left, right) in pairs where elements[left] * elements[right] > 0 {
      let together = abs(elements[left] + elements[right]) / Float(limit)
      if together.isFinite { scales[channel(left)] = max(scales[channel(left)], together) }
    }

    var codes = elements.enumerated().map { index, element in
      Int((element / scales[channel(index)]).rounded(.toNearestOrEven))
    }
    // A quotient may be rounded up where the limit is met exactly; what is larger can take a step less.
    for (left, right) in pairs where codes[left] * codes[right] > 0 && abs(codes[left] + codes[right]) > limit {
      let larger = abs(codes[left]) > abs(codes[right]) ? left : right
      codes[larger] -= codes[larger].signum() * (abs(codes[left] + codes[right]) - limit)
    }
    let operands = [
      Tensor(shape: shape, integers: codes, as: .int8), Tensor(shape: [scales.count], floats: scales),
    ]
    return try? DequantizeLinear(axis: axis).evaluate(operands)[0]
  }

  /// The places of weights that are multiplied together: those of two neighbouring input channels; none where their number is odd.
  private func inputPairs(besides axis: Int) -> [(Int, Int)] {
    let inputAxis = 1 - axis
    guard shape.count >= 2, shape[inputAxis] % 2 == 0 else { return [] }
    let step = shape[(inputAxis + 1)...].reduce(1, *)
    return stride(from: 0, to: elementCount, by: 2 * step).flatMap { first in
      (first..<first + step).map { ($0, $0 + step) }
    }
  }
}
