/// Normalises all axes from one on to mean 0 and variance 1, then scales and shifts:
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`, with whatever was fused into it.
///
/// Operands: input, scale, bias (may be absent), the latter two broadcast to the input's shape; addend of that shape.
/// Source: ONNX LayerNormalization 17.
package struct LayerNormalization: Operator, Hashable {
  /// The first axis that is normalised, counted from the front.
  package var axis: Int
  /// Added to the variance.
  package var epsilon: Double
  /// Whether there are two more outputs: the mean and `1 / sqrt(variance + epsilon)`, float32 with normalised axes
  /// of extent 1.
  package var givesStatistics: Bool
  /// What happens to each element of the first output before it is stored; no parametric ReLU.
  package var epilogue: Epilogue

  /// Makes the operator.
  package init(axis: Int, epsilon: Double, givesStatistics: Bool = false, epilogue: Epilogue = Epilogue()) {
    self.axis = axis
    self.epsilon = epsilon
    self.givesStatistics = givesStatistics
    self.epilogue = epilogue
  }

  package var name: String { "LayerNormalization" }

  package var details: String {
    ["from axis \(axis)", epilogue.description].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: LinearOperand.addend + 1)
    let input = try inputs.operand(0, "input")
    try input.requireFloatingPoint("the input")
    try input.require(axis: axis)
    for (role, parameter) in [("scale", try inputs.operand(1, "scale")), ("bias", inputs.optional(2))] {
      guard let parameter else { continue }
      try parameter.requireFloatingPoint(role)
      guard try parameter.shape.broadcast(with: input.shape) == input.shape else {
        throw OperatorError("the \(role) \(parameter.shape) does not broadcast to \(input.shape)")
      }
    }
    try epilogue.requireAddend(inputs, output: input)
    let statistics = TensorType(.float32, input.shape[..<axis] + input.shape[axis...].map { _ in 1 })
    return [input] + (givesStatistics ? [statistics, statistics] : [])
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let shape = types[0].shape
    let input = try inputs.operand(0)
    let scale = try inputs.operand(1).broadcast(to: shape).doubles()
    let bias = inputs.optional(2)?.broadcast(to: shape).doubles()
    let rows = Rows<Double>(input, alongLast: Array(axis..<shape.count)).elements
    let statistics = rows.map { Statistics($0) }
    let inverseDeviations = statistics.map { 1 / ($0.variance + epsilon).squareRoot() }
    var results = zip(rows, zip(statistics, inverseDeviations)).flatMap { row, moments in
      row.indices.map { (row[$0] - moments.0.mean) * moments.1 * scale[$0] + (bias?[$0] ?? 0) }
    }
    epilogue.finish(&results, addend: inputs.optional(LinearOperand.addend)?.doubles())
    let output = Tensor(shape: shape, doubles: results, as: types[0].scalar)
    guard givesStatistics else { return [output] }
    return [
      output, Tensor(shape: types[1].shape, doubles: statistics.map(\.mean), as: .float32),
      Tensor(shape: types[2].shape, doubles: inverseDeviations, as: .float32),
    ]
  }
}
