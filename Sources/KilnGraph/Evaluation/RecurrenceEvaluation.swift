/// The reference evaluation of a recurrence: everything in Float64, each result rounded once.
struct RecurrenceEvaluation {
  private let operation: Recurrence
  private let extents: Recurrence.Extents
  private let operands: [[Double]?]
  /// Each gate's weights.
  private let weights: [PackedMatrix]
  /// The state and the cells of each row.
  private var state: [Double]
  private var cells: [Double]

  /// Begins with operands that fit.
  init(_ operation: Recurrence, _ extents: Recurrence.Extents, _ operands: [[Double]?]) {
    self.operation = operation
    self.extents = extents
    self.operands = operands
    let units = extents.units
    let elements = operands[RecurrenceOperand.weight] ?? []
    weights = (0..<operation.cell.gateCount).map { gate in
      PackedMatrix(depth: units, columns: units) { k, unit in elements[(gate * units + unit) * units + k] }
    }
    func initial(_ index: Int) -> [Double] {
      let given = operands.indices.contains(index) ? operands[index] : nil
      return given ?? [Double](repeating: 0, count: extents.rows * units)
    }
    state = initial(RecurrenceOperand.initialState)
    cells = initial(RecurrenceOperand.initialCells)
  }

  /// The states of all steps, and the last cells.
  mutating func results() -> [[Double]] {
    let count = state.count
    var states = [Double](repeating: 0, count: extents.steps * count)
    for number in 0..<extents.steps {
      let step = operation.isReversed ? extents.steps - 1 - number : number
      switch operation.cell {
      case .longShortTerm(let gate, let candidate, let output, let couplesForget):
        advance(step, gate, candidate, output, couplesForget)
      case .gated(let gate, let candidate, let resetsProduct): advance(step, gate, candidate, resetsProduct)
      case .simple(let function):
        let products = product(0, state)
        for place in state.indices { state[place] = function(limited(input(step, 0, place) + products[place])) }
      }
      states.replaceSubrange((step * count)..<((step + 1) * count), with: state)
    }
    return [states, cells]
  }

  private mutating func advance(
    _ step: Int, _ gate: RecurrentActivation, _ candidate: RecurrentActivation, _ output: RecurrentActivation,
    _ couplesForget: Bool
  ) {
    let products = (0..<4).map { product($0, state) }
    for place in state.indices {
      func sum(_ index: Int) -> Double { input(step, index, place) + products[index][place] }
      func peephole(_ index: Int) -> Double {
        optional(RecurrenceOperand.peepholes)?[index * extents.units + place % extents.units] ?? 0
      }
      let old = cells[place]
      let taken = gate(limited(sum(0) + peephole(0) * old))
      let kept = couplesForget ? 1 - taken : gate(limited(sum(2) + peephole(2) * old))
      let cell = kept * old + taken * candidate(limited(sum(3)))
      cells[place] = cell
      state[place] = gate(limited(sum(1) + peephole(1) * cell)) * output(cell)
    }
  }

  private mutating func advance(
    _ step: Int, _ gate: RecurrentActivation, _ candidate: RecurrentActivation, _ resetsProduct: Bool
  ) {
    let (update, reset) = (product(0, state), product(1, state))
    let resets = state.indices.map { gate(limited(input(step, 1, $0) + reset[$0])) }
    let products = product(2, resetsProduct ? state : zip(state, resets).map(*))
    let biases = optional(RecurrenceOperand.candidateBias)
    for place in state.indices {
      let kept = gate(limited(input(step, 0, place) + update[place]))
      let product = products[place] + (biases?[place % extents.units] ?? 0)
      let new = candidate(limited(input(step, 2, place) + (resetsProduct ? resets[place] * product : product)))
      state[place] = (1 - kept) * new + kept * state[place]
    }
  }

  /// What the input gives to a unit of a gate; `place` counts the units of all rows.
  private func input(_ step: Int, _ gate: Int, _ place: Int) -> Double {
    let (row, unit) = place.quotientAndRemainder(dividingBy: extents.units)
    let gates = operation.cell.gateCount
    return operands[RecurrenceOperand.input]?[
      ((step * extents.rows + row) * gates + gate) * extents.units + unit] ?? 0
  }

  private func product(_ gate: Int, _ state: [Double]) -> [Double] {
    weights[gate].multiply(state, count: extents.rows)
  }

  private func limited(_ x: Double) -> Double {
    ScalarFunction.clip(lower: -operation.limit, upper: operation.limit)(x)
  }

  private func optional(_ index: Int) -> [Double]? { operands.indices.contains(index) ? operands[index] : nil }
}
