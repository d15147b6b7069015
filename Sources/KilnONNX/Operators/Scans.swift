import KilnGraph

/// Loops over the slices of tensors, and over the tensors of sequences: their bodies as often as there are any.
extension ControlFlowOperators {
  /// Scan: states that go from iteration to iteration, then a slice of each tensor that is scanned; gives the last states, then what the
  /// iterations' results are put together to.
  ///
  /// Version 8 does so for each row of a batch, along the second axis.
  static let scan = OperatorImporter(
    "Scan", since: [9, 8],
    attributes: [
      .graph("body"), .int("num_scan_inputs"), .ints("scan_input_axes"), .ints("scan_input_directions"),
      .ints("scan_output_axes"), .ints("scan_output_directions"), .ints("directions"),
    ],
    constants: [lengthsRole], limits: ["all rows of a batch have one length"],
    examples: [
      NodeExample(
        since: 9, [.computed([2]), .computed([2]), .computed([3, 2])], [.loopBody("body"), .int("num_scan_inputs", 1)],
        outputs: 2),
      NodeExample(
        [nil, .computed([1, 2]), .computed([1, 2]), .computed([1, 3, 2])],
        [.loopBody("body"), .int("num_scan_inputs", 1)], outputs: 2),
    ]
  ) { context throws(ImportFailure) in
    let isBatched = !context.node.isSince(9)
    let attributes = context.node.attributes
    guard let body = try attributes.graph("body"), let scannedCount = try attributes.int("num_scan_inputs") else {
      throw .malformed("the attribute body or num_scan_inputs is missing")
    }
    let first = isBatched ? 1 : 0
    guard (1...max(context.node.inputs.count, 1)).contains(scannedCount) else {
      throw .malformed("it scans \(scannedCount) of \(context.node.inputs.count) operands")
    }
    let stateCount = context.node.inputs.count - first - scannedCount
    guard stateCount >= 0, body.inputs.count == stateCount + scannedCount,
      body.outputs.count >= stateCount
    else {
      throw .malformed(
        "its body has \(body.inputs.count) inputs and \(body.outputs.count) outputs for \(context.node.inputs.count) "
          + "operands, of which \(scannedCount) are scanned")
    }
    let collectedCount = body.outputs.count - stateCount
    var states: [ValueID] = []
    for index in 0..<stateCount { states.append(try context.input(first + index)) }
    var scanned: [ValueID] = []
    for index in 0..<scannedCount { scanned.append(try context.input(first + stateCount + index)) }
    if isBatched {
      let directions = try ScanAxes(nil, try attributes.ints("directions"), count: scannedCount, "scanned tensors")
      try requireWholeRows(&context, of: context.shape(scanned[0]))
      return try scanBatch(&context, body, states, scanned, directions, collectedCount)
    }
    let inputs = try ScanAxes(
      try attributes.ints("scan_input_axes"), try attributes.ints("scan_input_directions"), count: scannedCount,
      "scanned tensors")
    let outputs = try ScanAxes(
      try attributes.ints("scan_output_axes"), try attributes.ints("scan_output_directions"), count: collectedCount,
      "collected results")
    return try scan(&context, body, label: "", states, scanned, inputs, outputs)
  }

  private static let lengthsRole = "sequence lengths"

  /// Throws when rows of a batch have lengths of their own.
  private static func requireWholeRows(_ context: inout ImportContext, of shape: [Int]) throws(ImportFailure) {
    guard shape.count > 1 else { throw .malformed("what it scans, \(shape), has no batch") }
    guard let lengths = try context.optionalIntegers(0, lengthsRole) else { return }
    guard lengths.allSatisfy({ $0 == shape[1] }) else {
      throw .unsupported("it scans \(lengths.prefix(8)) of \(shape[1]) slices; leave its sequence lengths out")
    }
  }

  /// One scan.
  private static func scan(
    _ context: inout ImportContext, _ body: GraphProto, label: String, _ states: [ValueID], _ scanned: [ValueID],
    _ inputs: ScanAxes, _ outputs: ScanAxes
  ) throws(ImportFailure) -> [ValueID?] {
    var slices: [[ValueID]] = []
    for (index, x) in scanned.enumerated() {
      slices.append(
        try self.slices(
          &context, x, axis: inputs.axes[index], isReversed: inputs.areReversed[index],
          role: "\(label)scanned\(index)"))
    }
    guard let length = slices.first?.count, slices.allSatisfy({ $0.count == length }) else {
      throw .malformed("what it scans differs in length: \(slices.map(\.count))")
    }
    var values: [ValueID?] = states
    var collected = [[ValueID]](repeating: [], count: outputs.axes.count)
    for iteration in 0..<length {
      let results = try context.inline(
        body, label: "\(label)\(iteration)/", operands: values + slices.map { $0[iteration] })
      // What is not supported is so in every iteration.
      guard !results.contains(nil) else { return results.map { _ in nil } }
      values = Array(results[..<states.count])
      for (index, result) in results[states.count...].enumerated() { collected[index] += result.map { [$0] } ?? [] }
    }
    for (index, parts) in collected.enumerated() {
      let rank = (parts.first.map { context.shape($0).count } ?? 0) + 1
      let axis = try context.normalized(outputs.axes[index], rank: rank)
      let ordered = outputs.areReversed[index] ? parts.reversed() : parts
      values.append(try stacked(&context, ordered, axis: axis, role: "\(label)collected\(index)"))
    }
    return values
  }

  /// A scan of each row of a batch.
  private static func scanBatch(
    _ context: inout ImportContext, _ body: GraphProto, _ states: [ValueID], _ scanned: [ValueID],
    _ directions: ScanAxes, _ collectedCount: Int
  ) throws(ImportFailure) -> [ValueID?] {
    var rows: [[ValueID]] = []
    for (index, value) in (states + scanned).enumerated() {
      rows.append(try slices(&context, value, axis: 0, isReversed: false, role: "operand\(index)"))
    }
    guard let batch = rows.first?.count, rows.allSatisfy({ $0.count == batch }) else {
      throw .malformed("its operands differ in their batches: \(rows.map(\.count))")
    }
    let outputs = try ScanAxes(nil, nil, count: collectedCount, "collected results")
    var results = [[ValueID]](repeating: [], count: states.count + collectedCount)
    for row in 0..<batch {
      let own = rows.map { $0[row] }
      let values = try scan(
        &context, body, label: "row\(row)/", Array(own[..<states.count]), Array(own[states.count...]), directions,
        outputs)
      guard !values.contains(nil) else { return values.map { _ in nil } }
      for (index, value) in values.enumerated() { results[index] += value.map { [$0] } ?? [] }
    }
    var values: [ValueID?] = []
    for (index, parts) in results.enumerated() { values.append(try stacked(&context, parts, role: "result\(index)")) }
    return values
  }

  /// The slices of a tensor along an axis, without it.
  private static func slices(
    _ context: inout ImportContext, _ x: ValueID, axis given: Int, isReversed: Bool, role: String
  ) throws(ImportFailure) -> [ValueID] {
    let shape = context.shape(x)
    let axis = try context.normalized(given, rank: shape.count)
    guard context.limits.spend(inlinedNodes: shape[axis]) else {
      throw .unsupported("it scans \(shape[axis]) slices, more than a file of this size may")
    }
    if context.countedRows[x]?.axis == axis { throw context.mixed(x) }
    var (starts, counts, rest) = ([Int](repeating: 0, count: shape.count), shape, shape)
    counts[axis] = 1
    rest.remove(at: axis)
    var slices: [ValueID] = []
    for number in 0..<shape[axis] {
      starts[axis] = isReversed ? shape[axis] - 1 - number : number
      let slice = try context.emit(Slice(starts: starts, counts: counts), [x], role: "\(role)/\(number)")
      slices.append(try context.reshape(slice, to: rest, role: "\(role)/\(number)/squeezed"))
    }
    return slices
  }

  /// SequenceMap: a body for each tensor of the first sequence, with that at the same place of others, and tensors that all share.
  static let sequenceMap = OperatorImporter(
    "SequenceMap", since: [17], attributes: [.graph("body")],
    examples: [NodeExample([.sequence(2), .computed(), .computed()], [.loopBody("body")], outputs: 2)]
  ) { context throws(ImportFailure) in
    guard let body = try context.node.attributes.graph("body") else {
      throw .malformed("the attribute body is missing")
    }
    guard body.inputs.count == context.node.inputs.count else {
      throw .malformed("its body has \(body.inputs.count) inputs for \(context.node.inputs.count) operands")
    }
    let length = try context.sequence(0).count
    var operands: [[ValueID]] = []
    for index in context.node.inputs.indices {
      let value = try context.anyInput(index)
      let elements = context.sequences[value] ?? [ValueID](repeating: value, count: length)
      guard elements.count == length else {
        throw .malformed("its sequences have \(length) and \(elements.count) tensors")
      }
      operands.append(elements)
    }
    var results = [[ValueID]](repeating: [], count: body.outputs.count)
    for number in 0..<length {
      let values = try context.inline(body, label: "\(number)/", operands: operands.map { $0[number] })
      guard !values.contains(nil) else { return context.node.outputs.map { _ in nil } }
      for (index, value) in values.enumerated() { results[index] += value.map { [$0] } ?? [] }
    }
    return results.map { context.addSequence($0) }
  }
}

/// Along which axes, and in which direction, a scan takes its slices or puts its results together.
private struct ScanAxes {
  let axes: [Int]
  let areReversed: [Bool]

  /// Axis 0, forwards, where nothing is said.
  init(_ axes: [Int]?, _ directions: [Int]?, count: Int, _ role: String) throws(ImportFailure) {
    let none = [Int](repeating: 0, count: count)
    let directions = directions ?? none
    self.axes = axes ?? none
    guard self.axes.count == count, directions.count == count, directions.allSatisfy({ (0...1).contains($0) }) else {
      throw .malformed("its axes or directions don't fit \(count) \(role)")
    }
    areReversed = directions.map { $0 == 1 }
  }
}
