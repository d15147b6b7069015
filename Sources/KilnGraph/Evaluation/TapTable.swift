/// Which input element each tap of a moving window sees at each of its positions.
///
/// Positions, taps and input elements are numbered in row-major order over the spatial axes.
struct TapTable {
  private let window: Window
  private let isTransposed: Bool
  private let inputExtents: [Int]
  private let outputExtents: [Int]

  /// The window of a convolution or a pooling: tap `k` at position `o` sees `o * stride + k * dilation - padBegin`.
  init(_ window: Window, input: [Int], output: [Int]) {
    self.init(window, input, output, isTransposed: false)
  }

  /// The window of a transposed convolution: tap `k` at position `o` sees the element `i` for which
  /// `o = i * stride + k * dilation - padBegin`.
  init(transposed window: Window, input: [Int], output: [Int]) {
    self.init(window, input, output, isTransposed: true)
  }

  private init(_ window: Window, _ input: [Int], _ output: [Int], isTransposed: Bool) {
    self.window = window
    self.isTransposed = isTransposed
    inputExtents = input
    outputExtents = output
  }

  /// The number of input elements, all spatial axes taken together.
  var inputCount: Int { inputExtents.elementCount }

  /// The number of positions.
  var positionCount: Int { outputExtents.elementCount }

  /// The number of taps.
  var tapCount: Int { window.kernel.elementCount }

  /// The input element that each tap sees at a position, `nil` for padding.
  func elements(at position: Int) -> [Int?] {
    let indices = indices(of: position)
    return numbers(
      axes: indices.indices.map { axis in
        (0..<window.kernel[axis]).map { element(axis, indices[axis], tap: $0) }
      })
  }

  /// The input elements that taps of a pooling see at a position, without those for padding: the cost does not depend
  /// on how far the kernel reaches over the input.
  func seenElements(at position: Int) -> [Int] {
    let indices = indices(of: position)
    return numbers(
      axes: indices.indices.map { axis in
        let first = indices[axis] * window.strides[axis] - window.padBegin[axis]
        let dilation = window.dilations[axis]
        let inside = first >= 0 ? 0 : (-first + dilation - 1) / dilation
        let end = min(window.kernel[axis], taps(from: first, before: inputExtents[axis], dilation))
        return inside < end ? (inside..<end).map { first + $0 * dilation } : []
      }
    ).compactMap(\.self)
  }

  /// How many taps of a pooling lie in the input or its padding at a position: fewer than all when a window that was
  /// added by rounding up reaches beyond.
  func paddedTapCount(at position: Int) -> Int {
    indices(of: position).enumerated().reduce(1) { count, index in
      let axis = index.offset
      let first = index.element * window.strides[axis] - window.padBegin[axis]
      let end = inputExtents[axis] + max(window.padEnd[axis], 0)
      return saturatingProduct(count, min(window.kernel[axis], taps(from: first, before: end, window.dilations[axis])))
    }
  }

  private func element(_ axis: Int, _ position: Int, tap: Int) -> Int? {
    let index: Int
    if isTransposed {
      let distance = position + window.padBegin[axis] - tap * window.dilations[axis]
      guard distance % window.strides[axis] == 0 else { return nil }
      index = distance / window.strides[axis]
    } else {
      index = position * window.strides[axis] + tap * window.dilations[axis] - window.padBegin[axis]
    }
    return (0..<inputExtents[axis]).contains(index) ? index : nil
  }

  /// How many steps of `dilation` from `first` on stay below `end`.
  private func taps(from first: Int, before end: Int, _ dilation: Int) -> Int {
    first < end ? (end - 1 - first) / dilation + 1 : 0
  }

  /// The numbers of all combinations of indices along the axes, `nil` where one of them is.
  private func numbers(axes: [[Int?]]) -> [Int?] {
    axes.enumerated().reduce([0]) { outer, taps in
      let extent = inputExtents[taps.offset]
      return outer.flatMap { number in
        taps.element.map { tap in
          guard let number, let tap else { return nil }
          return number * extent + tap
        }
      }
    }
  }

  private func indices(of position: Int) -> [Int] {
    var rest = position
    return outputExtents.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
}
