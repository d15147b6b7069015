/// Normalises each group of channels of each image to mean 0 and variance 1, then scales and shifts each channel:
/// `y = (x - mean) / sqrt(variance + epsilon) * scale[c] + bias[c]`, with whatever was fused into it.
///
/// Operands: input `[N, C, …]` or, channels last, `[N, …, C]`; scale `[C]`; bias `[C]`; addend of the input's shape.
/// Source: ONNX GroupNormalization 21, and InstanceNormalization, which has as many groups as channels; the importer
/// repeats the parameters of version 18, one per group, over the group's channels.
package struct GroupNormalization: Operator, Hashable {
  /// The channels are divided into this many groups, neighbours together.
  package var groups: Int
  /// Added to the variance.
  package var epsilon: Double
  /// Where the channels are.
  package var layout: ImageLayout
  /// What happens to each result before it is stored; no parametric ReLU.
  package var epilogue: Epilogue

  /// Makes the operator.
  package init(
    groups: Int, epsilon: Double, layout: ImageLayout = .channelsFirst, epilogue: Epilogue = Epilogue()
  ) {
    self.groups = groups
    self.epsilon = epsilon
    self.layout = layout
    self.epilogue = epilogue
  }

  package var name: String { "GroupNormalization" }

  package var details: String {
    ["\(groups) groups", epilogue.description].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: LinearOperand.addend + 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    guard input.rank >= 2 else { throw OperatorError("the input \(input) has no channel axis") }
    let channels = input.shape[layout.channelAxis(rank: input.rank)]
    guard groups >= 1, channels % groups == 0 else {
      throw OperatorError("\(channels) channels are not divisible into \(groups) groups")
    }
    for (index, role) in ["scale", "bias"].enumerated() {
      let parameter = try inputs.operand(index + 1, role)
      try parameter.requireFloatingPoint(role)
      try parameter.require(shape: [channels], role)
    }
    try epilogue.requireAddend(inputs, output: input)
    return [input]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let scale = try inputs.operand(1).doubles()
    let bias = try inputs.operand(2).doubles()
    let channels = scale.count
    var elements = try inputs.operand(0).channelsLastDoubles(layout)
    let positions = layout.spatialExtents(output.shape).elementCount
    for image in 0..<output.shape[0] {
      for group in 0..<groups {
        let members = (group * channels / groups)..<((group + 1) * channels / groups)
        let places = (0..<positions).flatMap { position in
          members.map { (image * positions + position) * channels + $0 }
        }
        let statistics = Statistics(places.map { elements[$0] }[...])
        for place in places {
          let normalized = (elements[place] - statistics.mean) / (statistics.variance + epsilon).squareRoot()
          elements[place] = normalized * scale[place % channels] + bias[place % channels]
        }
      }
    }
    epilogue.finish(&elements, addend: inputs.optional(LinearOperand.addend)?.channelsLastDoubles(layout))
    return [Tensor(channelsLast: elements, type: output, layout: layout)]
  }
}
