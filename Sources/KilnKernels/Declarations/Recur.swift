import KilnGeometry
import KilnGraph
import KilnRuntimeSources

/// One direction of a recurrent layer in float32, whose input's products are there already.
///
/// A step's error is that of sums of `units` products, `(units + 1) * 2^-24 * sum |state * weight|` to first order, of its
/// functions, and of at most four roundings.
package struct Recur: Kernel {
  /// What each step is given besides the state.
  package struct Operands: Hashable, Sendable {
    /// `[steps, rows, G * units]`.
    package var input: Operand
    /// Panels of the recurrent weight.
    package var weights: Operand
    package var candidateBias: Operand?
    package var initialState: Operand?
    package var initialCells: Operand?
    package var peepholes: Operand?

    /// Makes the operands.
    package init(
      input: Operand, weights: Operand, candidateBias: Operand?, initialState: Operand?, initialCells: Operand?,
      peepholes: Operand?
    ) {
      self.input = input
      self.weights = weights
      self.candidateBias = candidateBias
      self.initialState = initialState
      self.initialCells = initialCells
      self.peepholes = peepholes
    }
  }

  package var operation: Recurrence
  package var operands: Operands
  /// `[steps, rows, units]`.
  package var states: Operand
  /// `[rows, units]`; an LSTM's.
  package var cells: Operand?
  /// Workspace for products of the state.
  package var products: Operand
  package var geometry: RecurrenceGeometry

  /// Makes the kernel.
  ///
  /// Precondition: the runtime has the operation's functions; there are cells if it is an LSTM.
  package init(
    _ operation: Recurrence, _ operands: Operands, to states: Operand, cells: Operand?, products: Operand,
    _ geometry: RecurrenceGeometry
  ) {
    self.operation = operation
    self.operands = operands
    self.states = states
    self.cells = cells
    self.products = products
    self.geometry = geometry
  }

  package var name: String {
    switch operation.cell {
    case .longShortTerm: "recurLongShortTerm"
    case .gated: "recurGated"
    case .simple: "recurSimple"
    }
  }

  package var file: RuntimeFile { .recurrence }

  package var elementCount: Int {
    geometry.steps * geometry.rows * geometry.units * geometry.units * operation.cell.gateCount
  }

  package var arguments: [KernelArgument] {
    [.pointer(operands.input), .pointer("weights", operands.weights)]
    switch operation.cell {
    case .longShortTerm(let gate, let candidate, let output, let couplesForget):
      [
        .optionalPointer("peepholes", operands.peepholes), .optionalPointer("initialState", operands.initialState),
        .optionalPointer("initialCells", operands.initialCells), .pointer("to", states),
        .optionalPointer("cells", cells), .pointer("products", products), .geometry(geometry), limit,
        .boolean("couplesForget", couplesForget), function("gate", gate), function("candidate", candidate),
        function("output", output),
      ]
    case .gated(let gate, let candidate, let resetsProduct):
      [
        .optionalPointer("candidateBias", operands.candidateBias),
        .optionalPointer("initialState", operands.initialState), .pointer("to", states),
        .pointer("products", products), .geometry(geometry), limit, .boolean("resetsProduct", resetsProduct),
        function("gate", gate), function("candidate", candidate),
      ]
    case .simple(let activation):
      [
        .optionalPointer("initialState", operands.initialState), .pointer("to", states),
        .pointer("products", products), .geometry(geometry), limit, function(nil, activation),
      ]
    }
  }

  private var limit: KernelArgument { .number("limit", .float(Float(operation.limit))) }

  private func function(_ label: String?, _ activation: RecurrentActivation) -> KernelArgument {
    guard let function = activation.vectorFunction else { preconditionFailure("the runtime has no \(activation)") }
    return KernelArgument(label: label, value: .function(function))
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    func update(_ operand: inout Operand?, _ body: (inout Operand) -> Void) {
      guard var present = operand else { return }
      body(&present)
      operand = present
    }
    reads(&operands.input)
    reads(&operands.weights)
    update(&operands.candidateBias, reads)
    update(&operands.initialState, reads)
    update(&operands.initialCells, reads)
    update(&operands.peepholes, reads)
    writes(&states)
    update(&cells, writes)
    writes(&products)
  }
}
