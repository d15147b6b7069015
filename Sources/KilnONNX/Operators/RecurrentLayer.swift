import KilnGraph

/// A recurrent layer of ONNX's on its way to linear layers and recurrences.
struct RecurrentLayer {
  /// What all recurrent layers have.
  static let attributes: [OperatorAttribute] = [
    .word("direction", RecurrentDirection.self), .int("hidden_size"), .float("clip"), .int("layout"),
    .strings("activations"), .floats("activation_alpha"), .floats("activation_beta"),
  ]
  /// The operand that must be constant.
  static let lengthsRole = "sequence lengths"

  /// Whether a gated unit's candidate has a bias of its own, which is reset with its product.
  var candidateHasBias = false
  private let direction: RecurrentDirection
  private let limit: Double
  private let gates: Int
  private let units: Int
  /// Whether rows come before steps in inputs and results.
  private let isRowMajor: Bool
  /// The input `[steps, rows, K]`.
  private let input: ValueID
  /// Rows that have equally many steps.
  private let parts: [Part]

  private struct Part {
    var rows: Range<Int>
    var steps: Int
  }

  /// What one direction gives: `[steps, rows, H]`, and `[rows, H]` after the last step of each row.
  private struct Results {
    var states: ValueID
    var lastState: ValueID
    var lastCells: ValueID?
  }

  /// Reads what is common to all recurrent layers from the node at hand.
  init(_ context: inout ImportContext, gates: Int) throws(ImportFailure) {
    self.gates = gates
    let attributes = context.node.attributes
    direction = try attributes.word("direction", default: .forward)
    let clip = try attributes.float("clip", default: 0)
    guard clip >= 0 else { throw .malformed("its clip is \(clip)") }
    limit = clip == 0 ? .infinity : clip
    isRowMajor = context.node.isSince(14) ? try attributes.flag("layout") : false
    let given = try context.input(0)
    guard context.shape(given).count == 3 else {
      throw .malformed("its input \(context.shape(given)) does not have 3 axes")
    }
    input = isRowMajor ? try context.emit(Transpose([1, 0, 2]), [given], role: "steps") : given
    let weight = context.shape(try context.input(2))
    units = weight.last ?? 0
    let directions = direction == .bidirectional ? 2 : 1
    let (rows, overflow) = gates.multipliedReportingOverflow(by: units)
    guard !overflow, weight == [directions, rows, units] else {
      throw .malformed("its recurrent weight is \(weight), which has not \(directions) directions of \(gates) gates")
    }
    if let size = try attributes.int("hidden_size"), size != units {
      throw .malformed("its hidden_size is \(size), its recurrent weight \(weight)")
    }
    let expected = [directions, rows, context.shape(input)[2]]
    guard context.shape(try context.input(1)) == expected else {
      throw .malformed("its weight is \(context.shape(try context.input(1))), \(expected) is needed")
    }
    parts = try Self.parts(&context, input: context.shape(input))
  }

  private static func parts(_ context: inout ImportContext, input: [Int]) throws(ImportFailure) -> [Part] {
    let (steps, rows) = (input[0], input[1])
    guard let lengths = try context.optionalIntegers(4, lengthsRole) else {
      return [Part(rows: 0..<rows, steps: steps)]
    }
    guard lengths.count == rows, lengths.allSatisfy({ (0...steps).contains($0) }) else {
      throw .malformed("its sequence lengths \(lengths.prefix(8)) do not fit \(rows) rows of \(steps) steps")
    }
    guard !lengths.contains(0) else { throw .unsupported("one of its sequences has no step") }
    var parts: [Part] = []
    for (row, length) in lengths.enumerated() {
      if let last = parts.last, last.steps == length {
        parts[parts.count - 1].rows = last.rows.lowerBound..<(row + 1)
      } else {
        parts.append(Part(rows: row..<(row + 1), steps: length))
      }
    }
    guard context.limits.spend(inlinedNodes: parts.count) else {
      throw .unsupported("its sequences have \(parts.count) lengths, more than a file of this size may")
    }
    return parts
  }

  /// The node's results: the states of all steps, the last ones, and the last cells of an LSTM.
  ///
  /// - Parameter cell: what a step of direction 0 or 1 computes.
  mutating func results(
    _ context: inout ImportContext, cell: (_ direction: Int) -> Recurrence.Cell
  ) throws(ImportFailure) -> [ValueID?] {
    var all: [Results] = []
    for index in 0..<(direction == .bidirectional ? 2 : 1) {
      let isReversed = direction == .reverse || index == 1
      let suffix = direction == .bidirectional ? (index == 0 ? "Forward" : "Backward") : ""
      all.append(
        try results(&context, Recurrence(cell(index), isReversed: isReversed, limit: limit), index, suffix: suffix))
    }
    // [steps, directions, rows, H] and [directions, rows, H], or with the rows first.
    let states = try joined(&context, all.map(\.states), axis: 1, role: nil, rowsFirst: [2, 0, 1, 3])
    let lastStates = try joined(&context, all.map(\.lastState), axis: 0, role: "last", rowsFirst: [1, 0, 2])
    let cells = all.compactMap(\.lastCells)
    guard !cells.isEmpty else { return [states, lastStates] }
    return [states, lastStates, try joined(&context, cells, axis: 0, role: "cells", rowsFirst: [1, 0, 2])]
  }

  /// The directions' values side by side along a new axis.
  private func joined(
    _ context: inout ImportContext, _ values: [ValueID], axis: Int, role: String?, rowsFirst: [Int]
  ) throws(ImportFailure) -> ValueID {
    func name(_ suffix: String) -> String { "\(role ?? "states")\(suffix)" }
    var parts: [ValueID] = []
    for (index, value) in values.enumerated() {
      var shape = context.shape(value)
      shape.insert(1, at: axis)
      let isLast = values.count == 1 && !isRowMajor
      parts.append(try context.reshape(value, to: shape, role: isLast ? role : name("Direction\(index)")))
    }
    var result = parts[0]
    if parts.count > 1 {
      result = try context.emit(Concat(axis: axis), parts, role: isRowMajor ? name("Directions") : role)
    }
    return isRowMajor ? try context.emit(Transpose(rowsFirst), [result], role: role) : result
  }

  /// One direction.
  private func results(
    _ context: inout ImportContext, _ recurrence: Recurrence, _ direction: Int, suffix: String
  ) throws(ImportFailure) -> Results {
    let weight = try of(direction, &context, try context.input(2), role: "recurrentWeight\(suffix)")
    var candidateBias: ValueID?
    let gates = try products(&context, direction, suffix: suffix, candidateBias: &candidateBias)
    var operands: [ValueID?] = [gates, weight, candidateBias]
    operands.append(try initial(&context, 5, direction, role: "initialState\(suffix)"))
    if case .longShortTerm = recurrence.cell {
      operands.append(try initial(&context, 6, direction, role: "initialCells\(suffix)"))
      if let peepholes = context.optionalInput(7) {
        operands.append(try of(direction, &context, peepholes, role: "peepholes\(suffix)"))
      }
    }
    var results: [Results] = []
    for (index, part) in parts.enumerated() {
      let role = parts.count > 1 ? "\(suffix)\(index)" : suffix
      results.append(try self.results(&context, recurrence, operands, of: part, role: role))
    }
    guard parts.count > 1 else { return results[0] }
    func join(_ values: [ValueID], axis: Int, _ role: String) throws(ImportFailure) -> ValueID {
      try context.emit(Concat(axis: axis), values, role: "\(role)Rows\(suffix)")
    }
    let cells = results.compactMap(\.lastCells)
    return Results(
      states: try join(results.map(\.states), axis: 1, "states"),
      lastState: try join(results.map(\.lastState), axis: 0, "last"),
      lastCells: cells.isEmpty ? nil : try join(cells, axis: 0, "cells"))
  }

  /// The rows of a part, whose states are zeros after its last step.
  private func results(
    _ context: inout ImportContext, _ recurrence: Recurrence, _ operands: [ValueID?], of part: Part, role: String
  ) throws(ImportFailure) -> Results {
    var operands = operands
    func slice(_ index: Int, _ starts: [Int], _ counts: [Int]) throws(ImportFailure) {
      guard operands.indices.contains(index), let value = operands[index], context.shape(value) != counts else {
        return
      }
      operands[index] = try context.emit(
        Slice(starts: starts, counts: counts), [value], role: "operand\(index)Rows\(role)")
    }
    let (start, rows) = (part.rows.lowerBound, part.rows.count)
    try slice(RecurrenceOperand.input, [0, start, 0], [part.steps, rows, gates * units])
    try slice(RecurrenceOperand.initialState, [start, 0], [rows, units])
    try slice(RecurrenceOperand.initialCells, [start, 0], [rows, units])
    let outputs = try context.emitAll(recurrence, operands, role: "recurrence\(role)")
    let last = try context.emit(
      Slice(starts: [recurrence.isReversed ? 0 : part.steps - 1, 0, 0], counts: [1, rows, units]), [outputs[0]],
      role: "lastStep\(role)")
    let lastState = try context.emit(Reshape(to: [rows, units]), [last], role: "lastState\(role)")
    let rest = context.shape(input)[0] - part.steps
    var states = outputs[0]
    if rest > 0 {
      let pad = Pad(begin: [0, 0, 0], end: [rest, 0, 0], mode: .constant(0))
      states = try context.emit(pad, [states], role: "allSteps\(role)")
    }
    return Results(states: states, lastState: lastState, lastCells: outputs.count > 1 ? outputs[1] : nil)
  }

  /// What the input gives to the gates of a direction at each step.
  private func products(
    _ context: inout ImportContext, _ direction: Int, suffix: String, candidateBias: inout ValueID?
  ) throws(ImportFailure) -> ValueID {
    let weight = try of(direction, &context, try context.input(1), role: "weight\(suffix)")
    let bias = try self.bias(&context, direction, suffix: suffix, candidateBias: &candidateBias)
    let role = "input\(suffix)"
    if context.constant(input) == nil && [weight, bias].allSatisfy({ $0 == nil || context.constant($0) != nil }) {
      return try context.emit(Linear(), [input, weight, bias], role: role)
    }
    let columns = try context.emit(Transpose([1, 0]), [weight], role: "weightColumns\(suffix)")
    let product = try context.emit(MatMul(), [input, columns], role: bias == nil ? role : "product\(suffix)")
    guard let bias else { return product }
    return try context.emit(Binary(.add), [product, bias], role: role)
  }

  /// The biases of input and state of a direction, which are added `[G * H]`; but for the candidate's of its own.
  private func bias(
    _ context: inout ImportContext, _ direction: Int, suffix: String, candidateBias: inout ValueID?
  ) throws(ImportFailure) -> ValueID? {
    guard let given = context.optionalInput(3) else { return nil }
    let both = try of(direction, &context, given, role: "biases\(suffix)")
    let count = gates * units
    guard context.shape(both) == [2 * count] else {
      throw .malformed("its bias is \(context.shape(given)), which is not \(2 * count) numbers a direction")
    }
    func part(_ start: Int, _ count: Int, _ role: String) throws(ImportFailure) -> ValueID {
      try context.emit(Slice(starts: [start], counts: [count]), [both], role: "\(role)\(suffix)")
    }
    let ofInput = try part(0, count, "inputBias")
    guard candidateHasBias else {
      return try context.emit(Binary(.add), [ofInput, try part(count, count, "stateBias")], role: "bias\(suffix)")
    }
    candidateBias = try part(2 * count - units, units, "candidateBias")
    let ofGates = try context.emit(
      Pad(begin: [0], end: [units], mode: .constant(0)), [try part(count, count - units, "stateBias")],
      role: "gatesBias\(suffix)")
    return try context.emit(Binary(.add), [ofInput, ofGates], role: "bias\(suffix)")
  }

  /// The state or the cells before the first step `[rows, H]`; `nil` for zeros.
  private func initial(
    _ context: inout ImportContext, _ index: Int, _ direction: Int, role: String
  ) throws(ImportFailure) -> ValueID? {
    guard var value = context.optionalInput(index) else { return nil }
    guard context.shape(value).count == 3 else {
      throw .malformed("its input \(index) is \(context.shape(value)), which does not have 3 axes")
    }
    if isRowMajor { value = try context.emit(Transpose([1, 0, 2]), [value], role: "\(role)Directions") }
    let result = try of(direction, &context, value, role: role)
    if let zeros = context.constant(result), zeros.storage.bytes.allSatisfy({ $0 == 0 }) { return nil }
    return result
  }

  /// The part of an operand that belongs to a direction.
  private func of(
    _ index: Int, _ context: inout ImportContext, _ value: ValueID, role: String
  ) throws(ImportFailure) -> ValueID {
    let shape = context.shape(value)
    guard shape.count > 1, shape[0] == (direction == .bidirectional ? 2 : 1) else {
      throw .malformed("\(context.graph[value].name) is \(shape), whose first axis does not count the directions")
    }
    let rest = Array(shape[1...])
    let part = Slice(starts: [index] + rest.map { _ in 0 }, counts: [1] + rest)
    let own = shape[0] == 1 ? value : try context.emit(part, [value], role: "\(role)Slice")
    return try context.reshape(own, to: rest, role: role)
  }
}
