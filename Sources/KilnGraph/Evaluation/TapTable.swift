/// Which input element each tap of a moving window sees at each of its positions.
///
/// Positions, taps and input elements are numbered in row-major order over the spatial axes.
struct TapTable {
  /// The number of input elements, all spatial axes taken together.
  let inputCount: Int
  /// The number of positions.
  let positionCount: Int
  /// The number of taps.
  let tapCount: Int

  private let inputExtents: [Int]
  private let outputExtents: [Int]
  /// By axis and position along it: the index of each tap's element, `nil` for padding.
  private let elements: [[[Int?]]]
  /// By axis and position along it: how many taps lie in the input or its padding.
  private let paddedCounts: [[Int]]

  /// The window of a convolution or a pooling: tap `k` at position `o` sees `o * stride + k * dilation - padBegin`.
  init(_ window: Window, input: [Int], output: [Int]) {
    self.init(window, input: input, output: output) { axis, position, tap in
      position * window.strides[axis] + tap * window.dilations[axis] - window.padBegin[axis]
    }
  }

  /// The window of a transposed convolution: tap `k` at position `o` sees the element `i` for which
  /// `o = i * stride + k * dilation - padBegin`.
  init(transposed window: Window, input: [Int], output: [Int]) {
    self.init(window, input: input, output: output) { axis, position, tap in
      let distance = position + window.padBegin[axis] - tap * window.dilations[axis]
      return distance % window.strides[axis] == 0 ? distance / window.strides[axis] : nil
    }
  }

  private init(
    _ window: Window, input: [Int], output: [Int], index: (_ axis: Int, _ position: Int, _ tap: Int) -> Int?
  ) {
    inputExtents = input
    outputExtents = output
    inputCount = input.elementCount
    positionCount = output.elementCount
    tapCount = window.kernel.elementCount
    let indices = (0..<window.rank).map { axis in
      (0..<output[axis]).map { position in (0..<window.kernel[axis]).map { index(axis, position, $0) } }
    }
    elements = indices.enumerated().map { axis, positions in
      positions.map { $0.map { $0.flatMap { (0..<input[axis]).contains($0) ? $0 : nil } } }
    }
    paddedCounts = indices.enumerated().map { axis, positions in
      let padded = -window.padBegin[axis]..<(input[axis] + max(window.padEnd[axis], 0))
      return positions.map { $0.count { $0.map(padded.contains) ?? false } }
    }
  }

  /// The input element that each tap sees at a position, `nil` for padding.
  func elements(at position: Int) -> [Int?] {
    var result: [Int?] = [0]
    for (axis, index) in indices(of: position).enumerated() {
      let taps = elements[axis][index]
      let extent = inputExtents[axis]
      result = result.flatMap { outer in
        taps.map { tap in
          guard let outer, let tap else { return nil }
          return outer * extent + tap
        }
      }
    }
    return result
  }

  /// How many taps lie in the input or its padding at a position: fewer than all when a window that was added by
  /// rounding up reaches beyond.
  func paddedTapCount(at position: Int) -> Int {
    indices(of: position).enumerated().reduce(1) { $0 * paddedCounts[$1.offset][$1.element] }
  }

  private func indices(of position: Int) -> [Int] {
    var rest = position
    return outputExtents.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
}
