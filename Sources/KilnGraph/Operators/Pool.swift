import Foundation

/// Reduces a moving window of each channel to one number.
///
/// Source: ONNX MaxPool, AveragePool, LpPool.
///
/// One output unless it is a maximum with indices. Padding never wins a maximum, and counts in an average only where
/// `countsPadding` says so.
package struct Pool: Operator, Hashable {
  /// The reductions.
  package enum Kind: Hashable, Sendable {
    case maximum
    /// The mean; padded elements are part of the divisor when `countsPadding`.
    case average(countsPadding: Bool)
    /// `(sum of |x|^p)^(1/p)`.
    case norm(p: Double)
    /// The maximum, and as second output its index in the flattened input, row-major or, as ONNX's
    /// `storage_order` 1 says, column-major.
    case maximumWithIndices(columnMajor: Bool)
  }

  /// The reduction.
  package var kind: Kind
  /// Kernel, strides, dilations and padding.
  package var window: Window
  /// Whether the output's extent is rounded up; a window that would start after the begin-padded input is dropped.
  package var roundsUp: Bool
  /// Where the channels are.
  package var layout: ImageLayout

  /// Makes a pooling.
  package init(_ kind: Kind, window: Window, roundsUp: Bool = false, layout: ImageLayout = .channelsFirst) {
    self.kind = kind
    self.window = window
    self.roundsUp = roundsUp
    self.layout = layout
  }

  package var name: String {
    switch kind {
    case .maximum, .maximumWithIndices: "MaxPool"
    case .average: "AveragePool"
    case .norm: "LpPool"
    }
  }

  package var details: String {
    var parts = [window.description]
    if roundsUp { parts.append("rounded up") }
    if kind == .average(countsPadding: true), window.hasPadding { parts.append("padding counts") }
    return parts.joined(separator: ", ")
  }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try window.require()
    guard input.rank == window.rank + 2 else {
      throw OperatorError("a kernel of \(window.rank) axes does not fit the input \(input.shape)")
    }
    var shape = input.shape
    for axis in 0..<window.rank {
      let index = layout.firstSpatialAxis + axis
      shape[index] = try window.outputExtent(axis, input: input.shape[index], roundsUp: roundsUp)
    }
    let output = try TensorType.checked(input.scalar, shape)
    switch kind {
    case .maximum:
      guard input.scalar != .bool else { throw OperatorError("the input is bool") }
      return [output]
    case .average, .norm:
      try input.requireFloatingPoint("the input")
      return [output]
    case .maximumWithIndices:
      guard input.scalar != .bool else { throw OperatorError("the input is bool") }
      guard layout == .channelsFirst else { throw OperatorError("indices of maxima need channels first") }
      return [output, TensorType(.int64, shape)]
    }
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let input = try inputs.operand(0)
    let taps = TapTable(
      window, input: layout.spatialExtents(input.shape), output: layout.spatialExtents(types[0].shape))
    let channels = input.shape[layout.channelAxis(rank: input.type.rank)]
    let elements = input.channelsLastDoubles(layout)
    var results: [Double] = []
    results.reserveCapacity(types[0].elementCount)
    for image in 0..<input.shape[0] {
      for position in 0..<taps.positionCount {
        let seen = taps.seenElements(at: position).map { (image * taps.inputCount + $0) * channels }
        let paddedCount = Double(taps.paddedTapCount(at: position))
        for channel in 0..<channels { results.append(reduce(elements, at: seen, channel, paddedCount)) }
      }
    }
    let output = Tensor(channelsLast: results, type: types[0], layout: layout)
    guard case .maximumWithIndices(let columnMajor) = kind else { return [output] }
    return [output, try indices(of: output, in: input, taps, columnMajor: columnMajor)]
  }

  /// One result: the reduction of `elements[start + channel]` over all starts.
  private func reduce(
    _ elements: [Double], at starts: [Int], _ channel: Int, _ paddedCount: Double
  ) -> Double {
    switch kind {
    case .maximum, .maximumWithIndices:
      return starts.reduce(-.infinity) { best, start in
        let element = elements[start + channel]
        return element > best || element.isNaN ? element : best
      }
    case .average(let countsPadding):
      let sum = starts.reduce(0) { $0 + elements[$1 + channel] }
      return sum / (countsPadding ? paddedCount : Double(starts.count))
    case .norm(let p):
      return pow(starts.reduce(0) { $0 + pow(abs(elements[$1 + channel]), p) }, 1 / p)
    }
  }

  /// Where each maximum is: the first of equal elements, or as in PyTorch the last NaN; numbered as ONNX MaxPool's
  /// `Indices`, channels first.
  private func indices(
    of maxima: Tensor, in input: Tensor, _ taps: TapTable, columnMajor: Bool
  ) throws(OperatorError) -> Tensor {
    let elements = input.doubles()
    let results = maxima.doubles()
    let extents = layout.spatialExtents(input.shape)
    // Tensor of the numbers that the elements of one channel have in column-major order.
    let axes = Array(extents.indices.reversed())
    let order = Tensor(shape: axes.map { extents[$0] }, integers: Array(0..<taps.inputCount)).transposed(axes)
      .integers()
    var indices: [Int] = []
    for plane in 0..<(input.shape[0] * input.shape[1]) {
      for position in 0..<taps.positionCount {
        let best = results[plane * taps.positionCount + position]
        let seen = taps.seenElements(at: position)
        func element(_ tap: Int) -> Double { elements[plane * taps.inputCount + tap] }
        let tap = best.isNaN ? seen.last { element($0).isNaN } : seen.first { element($0) == best }
        guard let tap = tap ?? seen.first else {
          throw OperatorError("a window sees nothing but padding, which has no index")
        }
        indices.append(plane * taps.inputCount + (columnMajor ? order[tap] : tap))
      }
    }
    return Tensor(shape: maxima.shape, integers: indices)
  }
}
