/// How a convolution's or a pooling's kernel moves over the spatial axes: one entry an axis, outermost first.
package struct Window: Hashable, Sendable, CustomStringConvertible {
  /// The kernel's extent along each axis, in taps.
  package var kernel: [Int]
  /// Steps between neighbouring outputs, in input elements.
  package var strides: [Int]
  /// Steps between neighbouring taps, in input elements.
  package var dilations: [Int]
  /// Padding before the first element of each axis.
  package var padBegin: [Int]
  /// Padding after the last element of each axis.
  package var padEnd: [Int]

  /// Makes a window.
  ///
  /// Strides and dilations default to 1, padding to 0.
  package init(
    kernel: [Int], strides: [Int]? = nil, dilations: [Int]? = nil, padBegin: [Int]? = nil, padEnd: [Int]? = nil
  ) {
    let rank = kernel.count
    self.kernel = kernel
    self.strides = strides ?? Array(repeating: 1, count: rank)
    self.dilations = dilations ?? Array(repeating: 1, count: rank)
    self.padBegin = padBegin ?? Array(repeating: 0, count: rank)
    self.padEnd = padEnd ?? Array(repeating: 0, count: rank)
  }

  /// The number of spatial axes.
  package var rank: Int { kernel.count }

  /// The distance from the first tap's element to the last's, plus one.
  package func extent(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

  /// Whether the window looks at exactly one element for each element: 1x1, stride 1, no padding.
  package var isPointwise: Bool {
    kernel.allSatisfy { $0 == 1 } && strides.allSatisfy { $0 == 1 } && !hasPadding
  }

  /// Whether any side is padded.
  package var hasPadding: Bool { (padBegin + padEnd).contains { $0 != 0 } }

  /// The largest kernel, stride, dilation or padding: small enough that their sums and products fit into an `Int`.
  static let limit = 1 << 30

  /// Throws unless every array has an entry for each axis, within range.
  func require() throws(OperatorError) {
    for (entries, role) in [
      (strides, "strides"), (dilations, "dilations"), (padBegin, "padding in front"), (padEnd, "padding behind"),
    ] where entries.count != rank {
      throw OperatorError("the \(role) \(entries) do not fit a kernel of \(rank) axes")
    }
    for (entries, role) in [(kernel, "kernel"), (strides, "strides"), (dilations, "dilations")]
    where !entries.allSatisfy({ (1...Self.limit).contains($0) }) {
      throw OperatorError("the \(role) \(entries) are not all positive and below \(Self.limit)")
    }
    guard (padBegin + padEnd).allSatisfy({ (-Self.limit...Self.limit).contains($0) }) else {
      throw OperatorError("the padding \(padBegin), \(padEnd) is out of range")
    }
  }

  /// Throws unless the spatial axes of a weight and the rank of an input are the window's.
  func require(input: TensorType, weight: TensorType) throws(OperatorError) {
    guard weight.rank == rank + 2, Array(weight.shape.dropFirst(2)) == kernel else {
      throw OperatorError("the weight \(weight.shape) does not have the kernel \(kernel)")
    }
    guard input.rank == rank + 2 else {
      throw OperatorError("a kernel of \(rank) axes does not fit the input \(input.shape)")
    }
  }

  /// The number of positions of the window along an axis.
  ///
  /// Precondition: `require()` has passed.
  ///
  /// `(input + padding - extent) / stride + 1`, rounded down, or up when `roundsUp`; then a last window that would
  /// start after the input and the padding before it is dropped (ONNX MaxPool 19).
  package func outputExtent(_ axis: Int, input: Int, roundsUp: Bool) throws(OperatorError) -> Int {
    let stride = strides[axis]
    let padded = input + padBegin[axis] + padEnd[axis]
    let room = padded - extent(axis) + (roundsUp ? stride - 1 : 0)
    guard room >= 0 else {
      throw OperatorError("the kernel reaches over \(extent(axis)) elements, spatial axis \(axis) has \(padded)")
    }
    var count = room / stride + 1
    if roundsUp, count > 1, (count - 1) * stride >= input + padBegin[axis] { count -= 1 }
    return count
  }

  /// For instance `3x3 stride 2x2 pad 1x1`; what is at its default is left out, as is the padding behind when it equals
  /// the one before.
  package var description: String {
    var parts = [kernel.timesDescription]
    if strides.contains(where: { $0 != 1 }) { parts.append("stride \(strides.timesDescription)") }
    if dilations.contains(where: { $0 != 1 }) { parts.append("dilation \(dilations.timesDescription)") }
    if hasPadding {
      parts.append("pad \(padBegin.timesDescription)\(padEnd == padBegin ? "" : " and \(padEnd.timesDescription)")")
    }
    return parts.joined(separator: " ")
  }
}

/// What convolutions say about themselves: the window, the groups when there are several, the epilogue.
func joinedDetails(_ window: String, groups: Int, _ epilogue: Epilogue) -> String {
  [window, groups == 1 ? "" : "groups \(groups)", epilogue.description].filter { !$0.isEmpty }.joined(separator: ", ")
}

/// Where the channels of an image tensor are.
package enum ImageLayout: Hashable, Sendable {
  /// `[N, C, spatial …]`, as in ONNX and PyTorch.
  case channelsFirst
  /// `[N, spatial …, C]`, as the kernels use and cameras give.
  case channelsLast

  /// The index of the channel axis in a tensor of rank `rank`.
  package func channelAxis(rank: Int) -> Int { self == .channelsFirst ? 1 : rank - 1 }

  /// The index of the first spatial axis.
  package var firstSpatialAxis: Int { self == .channelsFirst ? 2 : 1 }
}
