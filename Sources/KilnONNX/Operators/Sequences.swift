import KilnGraph

/// Sequences of tensors whose length is known while importing: nothing of them is left in the network.
enum SequenceOperators {
  /// The operators.
  static let all: [OperatorImporter] = [at, concat, construct, empty, erase, insert, length, split]

  /// SplitToSequence: parts of given sizes, or of one size with a smaller last one; slices of one element without.
  static let split = OperatorImporter(
    "SplitToSequence", since: [11], attributes: [.int("axis"), .int("keepdims")], constants: ["split"],
    examples: [
      NodeExample([.computed()], [.int("axis", 1), .int("keepdims", 0)]),
      NodeExample([.computed(), .integers([1, 3])], [.int("axis", 1)]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    let axis = try context.normalized(try context.node.attributes.int("axis", default: 0), rank: shape.count)
    let keepsAxis = try context.node.attributes.flag("keepdims", default: true)
    let given = try context.optionalConstant(1, "split")
    let sizes = try sizes(given, of: shape[axis])
    guard context.limits.spend(inlinedNodes: sizes.count) else {
      throw .unsupported("it makes \(sizes.count) parts, more than a file of this size may")
    }
    var (starts, counts) = ([Int](repeating: 0, count: shape.count), shape)
    let reduced = shape.indices.filter { $0 != axis }.map { shape[$0] }
    var parts: [ValueID] = []
    for (index, size) in sizes.enumerated() {
      counts[axis] = size
      let part = try context.emit(Slice(starts: starts, counts: counts), [x], role: "\(index)")
      starts[axis] += size
      let isSqueezed = given == nil && !keepsAxis
      parts.append(isSqueezed ? try context.reshape(part, to: reduced, role: "\(index)/squeezed") : part)
    }
    return [context.addSequence(parts)]
  }

  private static func sizes(_ given: Tensor?, of extent: Int) throws(ImportFailure) -> [Int] {
    guard let given else { return [Int](repeating: 1, count: extent) }
    let numbers = given.integers()
    if given.type.rank == 0 {
      guard let size = numbers.first, size > 0 else { throw .malformed("it splits into parts of \(numbers)") }
      return stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }
    }
    var rest = extent
    for size in numbers {
      guard (0...rest).contains(size) else {
        throw .malformed("its parts \(numbers.prefix(8)) do not add up to \(extent)")
      }
      rest -= size
    }
    guard rest == 0 else { throw .malformed("its parts \(numbers.prefix(8)) do not add up to \(extent)") }
    return numbers
  }

  /// SequenceAt: a tensor, counted from the end where the position is negative.
  static let at = OperatorImporter(
    "SequenceAt", since: [11], constants: [positionRole],
    examples: [NodeExample([.sequence(2), .constant([], 1, .int64)])]
  ) { context throws(ImportFailure) in
    let elements = try context.sequence(0)
    let position = try position(&context, 1, default: -1, count: elements.count, isEndAllowed: false)
    return [elements[position]]
  }

  /// ConcatFromSequence: along an axis, or along a new one.
  static let concat = OperatorImporter(
    "ConcatFromSequence", since: [11], attributes: [.int("axis"), .int("new_axis")],
    examples: [NodeExample([.sequence(2)], [.int("axis", 1), .int("new_axis", 1)])]
  ) { context throws(ImportFailure) in
    var parts = try context.sequence(0)
    guard let given = try context.node.attributes.int("axis") else { throw .malformed("the attribute axis is missing") }
    guard let first = parts.first else { throw .malformed("its sequence is empty") }
    let isNew = try context.node.attributes.flag("new_axis")
    let axis = try context.normalized(given, rank: context.shape(first).count + (isNew ? 1 : 0))
    if isNew {
      for (index, part) in parts.enumerated() {
        var shape = context.shape(part)
        guard shape.count >= axis else { throw .malformed("its tensors differ in their axes") }
        shape.insert(1, at: axis)
        parts[index] = try context.reshape(part, to: shape, role: parts.count == 1 ? nil : "\(index)")
      }
    }
    return [parts.count == 1 ? parts[0] : try context.emit(Concat(axis: axis), parts)]
  }

  /// SequenceConstruct: of its operands.
  static let construct = OperatorImporter(
    "SequenceConstruct", since: [11], examples: [NodeExample([.computed(), .computed()])]
  ) { context throws(ImportFailure) in
    var elements: [ValueID] = []
    for index in context.node.inputs.indices { elements.append(try context.input(index)) }
    return [context.addSequence(elements)]
  }

  static let empty = OperatorImporter(
    "SequenceEmpty", since: [11], ignoring: ["dtype"], examples: [NodeExample([])]
  ) { context throws(ImportFailure) in [context.addSequence([])] }

  /// SequenceInsert: at the end without a position.
  static let insert = OperatorImporter(
    "SequenceInsert", since: [11], constants: [positionRole], examples: [NodeExample([.sequence(2), .computed()])]
  ) { context throws(ImportFailure) in
    var elements = try context.sequence(0)
    let position = try position(&context, 2, default: elements.count, count: elements.count, isEndAllowed: true)
    elements.insert(try context.input(1), at: position)
    guard context.limits.spend(inlinedNodes: elements.count) else {
      throw .unsupported("its sequence is longer than a file of this size may make")
    }
    return [context.addSequence(elements)]
  }

  /// SequenceErase: the last one without a position.
  static let erase = OperatorImporter(
    "SequenceErase", since: [11], constants: [positionRole], examples: [NodeExample([.sequence(2)])]
  ) { context throws(ImportFailure) in
    var elements = try context.sequence(0)
    elements.remove(at: try position(&context, 1, default: -1, count: elements.count, isEndAllowed: false))
    return [context.addSequence(elements)]
  }

  static let length = OperatorImporter(
    "SequenceLength", since: [11], examples: [NodeExample([.sequence(2)])]
  ) { context throws(ImportFailure) in
    let count = try context.sequence(0).count
    return [context.graph.addConstant(context.node.name, Tensor(shape: [], integers: [count]))]
  }

  private static let positionRole = "position"

  /// The position that operand `index` says, counted from the front.
  private static func position(
    _ context: inout ImportContext, _ index: Int, default value: Int, count: Int, isEndAllowed: Bool
  ) throws(ImportFailure) -> Int {
    let given = try context.optionalScalar(index, positionRole).map { Int(exactly: $0) ?? .max } ?? value
    let position = given < 0 ? given &+ count : given
    guard position >= 0, position < count || isEndAllowed && position == count else {
      throw .malformed("its position \(given) is outside a sequence of \(count)")
    }
    return position
  }
}
