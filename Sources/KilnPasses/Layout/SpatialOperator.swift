import KilnGraph

/// An operator that moves a window over an image, in either layout.
protocol SpatialOperator: Operator {
  /// How the window moves.
  var window: Window { get set }
  /// Where the channels are.
  var layout: ImageLayout { get set }
  /// The same operator over images of one row: a spatial axis of extent 1 comes first.
  var overRows: Self { get }
  /// Whether the operator can be made channels-last.
  var supportsChannelsLast: Bool { get }
}

extension SpatialOperator {
  var supportsChannelsLast: Bool { true }

  var overRows: Self {
    var result = self
    result.window = window.overRows
    return result
  }
}

extension Convolution: SpatialOperator {}
extension RequantizedConvolution: SpatialOperator {}

extension TransposedConvolution: SpatialOperator {
  var overRows: TransposedConvolution {
    TransposedConvolution(
      window: window.overRows, outputPadding: [0] + outputPadding, groups: groups, layout: layout, epilogue: epilogue)
  }
}

extension Pool: SpatialOperator {
  var supportsChannelsLast: Bool {
    switch kind {
    case .maximum, .average, .norm: true
    // The indices count in the original order.
    case .maximumWithIndices: false
    }
  }
}

/// An operator that treats channels differently from other axes, and keeps its input's shape.
protocol ChannelOperator: Operator {
  /// Where the channels are.
  var layout: ImageLayout { get set }
}

extension LocalResponseNormalization: ChannelOperator {}
extension GroupNormalization: ChannelOperator {}

extension Window {
  /// The window with a spatial axis before, along which it covers one element.
  fileprivate var overRows: Window {
    Window(
      kernel: [1] + kernel, strides: [1] + strides, dilations: [1] + dilations, padBegin: [0] + padBegin,
      padEnd: [0] + padEnd)
  }
}
