import KilnGraph

/// Operators that choose or repeat graphs: what they compute is put in their place.
enum ControlFlowOperators {
  /// The operators.
  static let all: [OperatorImporter] = [conditional, loop, scan, sequenceMap]

  /// If: the branch that a known condition takes; otherwise both, whose results must have one type, and a choice between
  /// them.
  static let conditional = OperatorImporter(
    "If", since: [1], attributes: [.graph("then_branch"), .graph("else_branch")],
    limits: ["branches have results of one type, if the condition is computed"],
    examples: [
      NodeExample([.constant([], 1, .bool)], [.graph("then_branch"), .graph("else_branch")]),
      NodeExample([.constant([], 0, .bool)], [.graph("then_branch"), .graph("else_branch")]),
      NodeExample([.computed([], .bool)], [.graph("then_branch"), .graph("else_branch")]),
    ]
  ) { context throws(ImportFailure) in
    let condition = try context.input(0)
    guard context.type(condition).elementCount == 1 else {
      throw .malformed("its condition is \(context.type(condition))")
    }
    if let known = context.constant(condition) {
      return try context.inline(try branch(context, known.integers()[0] == 0 ? "else_branch" : "then_branch"))
    }
    let taken = try context.inline(try branch(context, "then_branch"), label: "then/")
    let other = try context.inline(try branch(context, "else_branch"), label: "else/")
    guard taken.count == other.count else {
      throw .malformed("its branches have \(taken.count) and \(other.count) results")
    }
    let choice = try context.reshape(condition, to: [], role: "condition")
    var results: [ValueID?] = []
    for (index, (a, b)) in zip(taken, other).enumerated() {
      guard let a, let b else {
        results.append(nil)
        continue
      }
      guard context.sequences[a] == nil, context.sequences[b] == nil else {
        throw .unsupported("its condition is computed at run time, and its branches have sequences")
      }
      guard context.type(a) == context.type(b) else {
        throw .unsupported(
          "its condition is computed at run time, and its branches have results \(context.type(a)) and "
            + "\(context.type(b)); export the model with the branch that it takes")
      }
      results.append(try context.emit(Select(), [choice, a, b], role: taken.count == 1 ? nil : "\(index)"))
    }
    return results
  }

  private static func branch(_ context: ImportContext, _ name: String) throws(ImportFailure) -> GraphProto {
    guard let branch = try context.node.attributes.graph(name) else {
      throw .malformed("the attribute \(name) is missing")
    }
    return branch
  }

  /// Loop of a known length: its body as often as it says.
  ///
  /// The body's conditions must be known, too, which they are where they don't depend on the network's inputs.
  static let loop = OperatorImporter(
    "Loop", since: [1], attributes: [.graph("body")], constants: [lengthRole],
    limits: ["its conditions are constant"],
    examples: [NodeExample([.constant([], 2, .int64), nil, .computed()], [.loopBody("body")])]
  ) { context throws(ImportFailure) in
    guard let body = try context.node.attributes.graph("body") else {
      throw .malformed("the attribute body is missing")
    }
    let carried = max(context.node.inputs.count - 2, 0)
    guard body.inputs.count == carried + 2, body.outputs.count >= carried + 1 else {
      throw .malformed(
        "its body has \(body.inputs.count) inputs and \(body.outputs.count) outputs for \(carried) values")
    }
    let length = try length(&context)
    var goesOn = try condition(&context, context.optionalInput(1))
    var values: [ValueID?] = []
    for index in 0..<carried { values.append(try context.anyInput(index + 2)) }
    var collected = [[ValueID]](repeating: [], count: body.outputs.count - carried - 1)
    var iteration = 0
    while goesOn && iteration < length {
      let number = context.addConstant(Tensor(shape: [], integers: [iteration]), role: "iteration\(iteration)")
      let yes = context.addConstant(Tensor(shape: [], integers: [1], as: .bool), role: "condition\(iteration)")
      let results = try context.inline(body, label: "\(iteration)/", operands: [number, yes] + values)
      // What is not supported is so in every iteration.
      guard !results.contains(nil) else { return context.node.outputs.map { _ in nil } }
      goesOn = try condition(&context, results[0])
      values = Array(results[1..<(carried + 1)])
      for (index, result) in results[(carried + 1)...].enumerated() { collected[index] += result.map { [$0] } ?? [] }
      iteration += 1
    }
    for (index, parts) in collected.enumerated() {
      values.append(try stacked(&context, parts, role: "collected\(index)"))
    }
    return values
  }

  private static let lengthRole = "trip count"

  private static func length(_ context: inout ImportContext) throws(ImportFailure) -> Int {
    do throws(ImportFailure) {
      return try context.optionalScalar(0, lengthRole).map { Int(exactly: $0) ?? .max } ?? .max
    } catch .unsupported {
      throw .unsupported(
        "loops have no static plan unless their length is constant; export the model with the loop unrolled")
    }
  }

  private static func condition(_ context: inout ImportContext, _ value: ValueID?) throws(ImportFailure) -> Bool {
    guard let value else { return true }
    guard let tensor = context.constant(value) else {
      throw .unsupported("loops have no static plan unless their condition is constant; export the model without it")
    }
    return try context.scalar(tensor, "condition") != 0
  }

  /// The values of all iterations along a new axis.
  static func stacked(
    _ context: inout ImportContext, _ values: [ValueID], axis: Int = 0, role: String
  ) throws(ImportFailure) -> ValueID {
    guard !values.isEmpty else { throw .unsupported("it has no iteration whose results could be collected") }
    var parts: [ValueID] = []
    for (index, value) in values.enumerated() {
      let name = values.count == 1 ? role : "\(role)/\(index)"
      var shape = context.shape(value)
      guard shape.count >= axis else { throw .malformed("its iterations' results differ in their axes") }
      shape.insert(1, at: axis)
      parts.append(try context.emit(Reshape(to: shape), [value], role: name))
    }
    return parts.count == 1 ? parts[0] : try context.emit(Concat(axis: axis), parts, role: role)
  }
}
