import KilnGraph
import KilnSelection

/// The weights of a direct convolution as they lie in the model, and how tiles read them.
package struct ConvolutionWeights {
  /// The constants: weight, bias, slope.
  private let values: [ValueID?]
  /// The model's elements, where they are.
  var elements: FloatElements
  /// The same as the model stores them, where that is narrower; their scales are one for all or one per output channel.
  private(set) var narrow: NarrowElements?
  /// Output channels of all groups.
  var outputChannels: Int
  /// Input channels of a group.
  var inputChannels: Int
  /// From output channel to output channel of a group, and from group to group.
  var outputStep: Int
  var groupStep: Int
  /// From input channel to input channel.
  var inputStep: Int
  /// The element of each tap in the order of the sum: kernel rows, then columns.
  var taps: [Int]
  /// One bias an output channel; zeros when `nil`.
  var bias: [Float]?
  /// One slope an output channel, or one for all; `nil` when the activation has none.
  var slope: [Float]?

  /// The weights of a linear operator.
  ///
  /// The caller says which elements are taps, and which axis of the weight counts output channels, those of a group at
  /// least.
  init(
    _ node: Node, _ graph: Graph, outputAxis: Int, outputChannels: Int, inputChannels: Int, outputStep: Int,
    groupStep: Int, inputStep: Int, taps: [Int]
  ) {
    values = [LinearOperand.weight, LinearOperand.bias, LinearOperand.slope].map { operand in
      node.inputs.indices.contains(operand) ? node.inputs[operand] : nil
    }
    let weight = graph.constant(values[0]) ?? Tensor(shape: [0], floats: [])
    elements = FloatElements(weight)
    narrow = weight.narrow(along: outputAxis)
    bias = graph.constant(values[1])?.floats()
    slope = graph.constant(values[2])?.floats()
    self.outputChannels = outputChannels
    self.inputChannels = inputChannels
    self.outputStep = outputStep
    self.groupStep = groupStep
    self.inputStep = inputStep
    self.taps = taps
  }

  /// Which weights, biases and slopes these are.
  var identity: WeightIdentity { identity(of: values) }

  /// Which weights these are, whatever the biases and slopes.
  var weightIdentity: WeightIdentity { identity(of: [values[0]]) }

  private func identity(of values: [ValueID?]) -> WeightIdentity {
    WeightIdentity(
      values: values, channels: [outputChannels, inputChannels], steps: [outputStep, groupStep, inputStep], taps: taps)
  }

  /// The rows of a panel, for people.
  var packing: String { slope == nil ? "bias, \(tapsPacking)" : "bias, slope, \(tapsPacking)" }

  /// The rows of its weights, for people.
  var tapsPacking: String { "taps x \(inputChannels)" }

  /// The panels of a range of each group's channels, in blocks of `block`, as float32: shape `[groups, blocks, rows,
  /// panelWidth]`, a row the biases, then the slopes if there are any, then one per tap and input channel.
  ///
  /// Rows end with zeros.
  func packed(groups: Int, channels: Range<Int>, of block: Int, panelWidth: Int) -> PackedWeights {
    let blocks = channels.count / block
    let headRows = slope == nil ? 1 : 2
    let rows = headRows + taps.count * inputChannels
    let groupChannels = outputChannels / groups
    let bytes = DeferredBytes(pieceCount: groups * blocks, pieceLength: rows * panelWidth) { panel, packed in
      let (group, first) = (panel / blocks, channels.lowerBound + panel % blocks * block)
      for lane in 0..<block {
        let channel = group * groupChannels + first + lane
        packed[lane] = bias?[channel] ?? 0
        if let slope { packed[panelWidth + lane] = slope[slope.count == 1 ? 0 : channel] }
      }
      elements.read { elements in
        var row = packed + headRows * panelWidth
        for tap in taps {
          var source = group * groupStep + first * outputStep + tap
          for _ in 0..<inputChannels {
            for lane in 0..<block { row[lane] = elements[source + lane * outputStep] }
            source += inputStep
            row += panelWidth
          }
        }
      }
      if panel == groups * blocks - 1 { elements.relinquish() }
    }
    return PackedWeights(
      .panels(identity, groups: groups, channels: channels, block: block, panelWidth: panelWidth),
      type: TensorType(.float32, [groups, blocks, rows, panelWidth]), bytes: bytes)
  }
}
