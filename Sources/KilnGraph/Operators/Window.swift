/// How a convolution's or a pooling's kernel moves over the spatial axes: one entry an axis, outermost first.
public struct Window: Hashable, Sendable {
  /// The kernel's extent along each axis, in taps.
  public var kernel: [Int]
  /// Steps between neighbouring outputs, in input elements.
  public var strides: [Int]
  /// Steps between neighbouring taps, in input elements.
  public var dilations: [Int]
  /// Padding before the first element of each axis.
  public var padBegin: [Int]
  /// Padding behind the last element of each axis.
  public var padEnd: [Int]

  /// Makes a window. Strides and dilations default to 1, padding to 0.
  public init(
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
  public var rank: Int { kernel.count }

  /// The distance from the first tap's element to the last's, plus one.
  public func extent(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

  /// Whether the window looks at exactly one element for each element: 1x1, stride 1, no padding.
  public var isPointwise: Bool {
    kernel.allSatisfy { $0 == 1 } && strides.allSatisfy { $0 == 1 } && !hasPadding
  }

  /// Whether any side is padded.
  public var hasPadding: Bool { (padBegin + padEnd).contains { $0 != 0 } }
}

/// Where the channels of an image tensor are.
public enum ImageLayout: Hashable, Sendable {
  /// `[N, C, spatial …]`, as in ONNX and PyTorch.
  case channelsFirst
  /// `[N, spatial …, C]`, as the kernels use and cameras give.
  case channelsLast

  /// The index of the channel axis in a tensor of rank `rank`.
  public func channelAxis(rank: Int) -> Int { self == .channelsFirst ? 1 : rank - 1 }

  /// The index of the first spatial axis.
  public var firstSpatialAxis: Int { self == .channelsFirst ? 2 : 1 }
}
