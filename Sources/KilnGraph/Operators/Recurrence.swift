/// One direction of a recurrent layer: each step's state of the gates that the input asks for, and of the state before.
///
/// The input's own products, with all biases that aren't multiplied, come ready as the first operand, because they are one
/// linear layer over all steps. With G gates of H units: input `[steps, rows, G * H]`, recurrent weight `[G * H, H]`, the
/// others as `RecurrenceOperand` says. Results: the states `[steps, rows, H]`, and of an LSTM the cells after the last
/// step `[rows, H]`.
///
/// `x` being a step's input, `R` the recurrent weight, `h` the state and `c` the cells before the step, `*` the product of
/// elements, and each argument of a function limited to `limit`:
///
/// - LSTM, gates i, o, f, g in this order: `i = gate(x_i + R_i h + p_i * c)`, `f` likewise or `1 - i` where coupled,
///   `c' = f * c + i * candidate(x_g + R_g h)`, `o = gate(x_o + R_o h + p_o * c')`, `h' = o * output(c')`, the last without
///   limit.
/// - GRU, gates z, r, n: `z = gate(x_z + R_z h)`, `r = gate(x_r + R_r h)`, `h' = (1 - z) * n + z * h` with
///   `n = candidate(x_n + R_n (r * h) + b)`, or `candidate(x_n + r * (R_n h + b))` where it resets the product.
/// - Simple: `h' = function(x + R h)`.
///
/// Source: ONNX LSTM, GRU and RNN 14.
package struct Recurrence: Operator, Hashable {
  /// What a step computes.
  package enum Cell: Hashable, Sendable {
    /// Long short-term memory; where it couples, the forget gate is what the input gate leaves.
    case longShortTerm(
      gate: RecurrentActivation, candidate: RecurrentActivation, output: RecurrentActivation, couplesForget: Bool)
    /// A gated recurrent unit, which resets the state, or what the state is multiplied to.
    case gated(gate: RecurrentActivation, candidate: RecurrentActivation, resetsProduct: Bool)
    /// A function of the sums.
    case simple(RecurrentActivation)

    /// Gates, each with a row of the weights for every unit.
    package var gateCount: Int {
      switch self {
      case .longShortTerm: 4
      case .gated: 3
      case .simple: 1
      }
    }
  }

  /// What a step computes.
  package var cell: Cell
  /// Whether it goes from the last step to the first.
  package var isReversed: Bool
  /// The largest magnitude of what gates are functions of; infinite for no limit.
  package var limit: Double

  /// Makes the operator.
  package init(_ cell: Cell, isReversed: Bool = false, limit: Double = .infinity) {
    self.cell = cell
    self.isReversed = isReversed
    self.limit = limit
  }

  package var name: String {
    switch cell {
    case .longShortTerm: "LSTM"
    case .gated: "GRU"
    case .simple: "RNN"
    }
  }

  package var details: String { isReversed ? "backwards" : "" }

  /// Steps, rows of each step and units of a row.
  package struct Extents: Hashable, Sendable {
    package var steps: Int
    package var rows: Int
    package var units: Int
  }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: RecurrenceOperand.count)
    let input = try inputs.operand(RecurrenceOperand.input, "input")
    let weight = try inputs.operand(RecurrenceOperand.weight, "recurrent weight")
    try input.requireFloatingPoint("the input")
    guard input.rank == 3, weight.rank == 2 else {
      throw OperatorError("the input \(input.shape) and the recurrent weight \(weight.shape) don't have 3 and 2 axes")
    }
    let units = weight.shape[1]
    let gates = saturatingProduct(cell.gateCount, units)
    guard weight.shape[0] == gates, input.shape[2] == gates else {
      throw OperatorError(
        "the input \(input.shape) and the recurrent weight \(weight.shape) don't have \(cell.gateCount) gates")
    }
    guard input.shape[0] > 0 else { throw OperatorError("the input \(input.shape) has no step") }
    let (steps, rows) = (input.shape[0], input.shape[1])
    let shapes = [
      nil, weight.shape, [units], [rows, units], [rows, units], [saturatingProduct(3, units)],
    ]
    for (index, shape) in shapes.enumerated() {
      guard let shape, let operand = inputs.optional(index) else { continue }
      let role = RecurrenceOperand.roles[index]
      try operand.require(input.scalar, role)
      try operand.require(shape: shape, role)
    }
    let states = try TensorType.checked(input.scalar, [steps, rows, units])
    guard case .longShortTerm = cell else { return [states] }
    return [states, try TensorType.checked(input.scalar, [rows, units])]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    guard let weight = inputs.optional(RecurrenceOperand.weight), let states = outputs.first else { return 0 }
    return saturatingProduct(states.elementCount, weight.shape[0])
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let shape = types[0].shape
    var run = RecurrenceEvaluation(
      self, Extents(steps: shape[0], rows: shape[1], units: shape[2]), inputs.map { $0?.doubles() })
    return zip(types, run.results()).map { Tensor(shape: $0.shape, doubles: $1, as: $0.scalar) }
  }
}

/// The operands of a recurrence.
package enum RecurrenceOperand {
  /// `[steps, rows, G * H]`.
  package static let input = 0
  /// `[G * H, H]`.
  package static let weight = 1
  /// What a gated unit adds to the candidate's product `[H]`.
  package static let candidateBias = 2
  /// The state before the first step `[rows, H]`; zeros where it is absent.
  package static let initialState = 3
  /// The cells before the first step `[rows, H]`; zeros where they are absent.
  package static let initialCells = 4
  /// What an LSTM's gates i, o and f take of the cells `[3 * H]`.
  package static let peepholes = 5
  /// How many there are.
  package static let count = 6

  static let roles = [
    "the input", "the recurrent weight", "the candidate's bias", "the initial state", "the initial cells",
    "the peephole weight",
  ]
}

/// A function of a recurrent layer.
package enum RecurrentActivation: Hashable, Sendable {
  /// An activation.
  case function(ScalarFunction)
  /// `scale * x + offset`.
  case affine(scale: Double, offset: Double)
  /// `scale * tanh(slope * x)`.
  case scaledTanh(scale: Double, slope: Double)

  /// The function's value.
  package func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .function(let function): function(x)
    case .affine(let scale, let offset): scale * x + offset
    case .scaledTanh(let scale, let slope): scale * ScalarFunction.tanh(slope * x)
    }
  }
}
