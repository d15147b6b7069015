/// Reduces a moving window of each channel to one number. Source: ONNX MaxPool, AveragePool, LpPool.
///
/// One output unless it is a maximum with indices. Padding never wins a maximum, and counts in an average only where
/// `countsPadding` says so.
public struct Pool: Operator, Hashable {
  /// The reductions.
  public enum Kind: Hashable, Sendable {
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
  public var kind: Kind
  /// Kernel, strides, dilations and padding.
  public var window: Window
  /// Whether the output's extent is rounded up; a window that would start behind the begin-padded input is dropped.
  public var roundsUp: Bool
  /// Where the channels are.
  public var layout: ImageLayout

  /// Makes a pooling.
  public init(_ kind: Kind, window: Window, roundsUp: Bool = false, layout: ImageLayout = .channelsFirst) {
    self.kind = kind
    self.window = window
    self.roundsUp = roundsUp
    self.layout = layout
  }

  public var name: String {
    switch kind {
    case .maximum, .maximumWithIndices: "MaxPool"
    case .average: "AveragePool"
    case .norm: "LpPool"
    }
  }

  public var details: String {
    var parts = [window.description]
    if roundsUp { parts.append("rounded up") }
    if kind == .average(countsPadding: true), window.hasPadding { parts.append("padding counts") }
    return parts.joined(separator: ", ")
  }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
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
}
