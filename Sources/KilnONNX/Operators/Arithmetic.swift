import KilnGraph

/// Functions of two numbers, and of several by chains of those.
enum ArithmeticOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    binary("Add", .add, since: [7, 6]),
    binary("And", .and, since: [7, 1]),
    bitShift,
    binary("BitwiseAnd", .bitwiseAnd, since: [18]),
    bitwiseNot,
    binary("BitwiseOr", .bitwiseOr, since: [18]),
    binary("BitwiseXor", .bitwiseExclusiveOr, since: [18]),
    cast,
    castLike,
    binary("Div", .divide, since: [7, 6]),
    binary("Equal", .equal, since: [7, 1]),
    binary("Greater", .greater, since: [7, 1]),
    binary("GreaterOrEqual", .greaterOrEqual, since: [12]),
    binary("Less", .less, since: [7, 1]),
    binary("LessOrEqual", .lessOrEqual, since: [12]),
    chain("Max", .maximum),
    mean,
    chain("Min", .minimum),
    modulo,
    binary("Mul", .multiply, since: [7, 6]),
    binary("Or", .or, since: [7, 1]),
    power,
    binary("Sub", .subtract, since: [7, 6]),
    chain("Sum", .add),
    select,
    binary("Xor", .exclusiveOr, since: [7, 1]),
  ]

  /// An operator with two operands.
  ///
  /// Those that ONNX had before version 7 were broadcast otherwise until then.
  static func binary(_ name: String, _ function: Binary.Function, since versions: [Int]) -> OperatorImporter {
    let isOld = versions.contains(7)
    return OperatorImporter(
      name, since: versions, attributes: isOld ? broadcastAttributes : [], examples: binaryExamples
    ) { context throws(ImportFailure) in
      let a = try context.input(0)
      let b = isOld ? try broadcastOperand(&context, beside: a) : try context.input(1)
      return [try context.emit(Binary(function), [a, b])]
    }
  }

  private static let broadcastAttributes: [OperatorAttribute] = [.int("broadcast"), .int("axis")]
  private static let binaryExamples = [
    NodeExample(since: 7, [.computed(), .computed()]),
    NodeExample([.computed(), .computed([4])], [.int("broadcast", 1), .int("axis", 1)]),
  ]

  /// The second operand.
  ///
  /// Before version 7 it was broadcast only when `broadcast` said so, and `axis` said from which axis of the first
  /// operand on; reshaped, it means the same by today's rule.
  private static func broadcastOperand(
    _ context: inout ImportContext, beside a: ValueID
  ) throws(ImportFailure) -> ValueID {
    let b = try context.input(1)
    guard !context.node.isSince(7), try context.node.attributes.flag("broadcast"),
      let axis = try context.node.attributes.int("axis")
    else { return b }
    let rank = context.shape(a).count
    let shape = context.shape(b)
    let first = try context.normalized(axis, rank: max(rank, 1))
    guard first + shape.count <= rank else {
      throw .malformed("its second operand \(shape) does not fit behind axis \(axis) of \(context.shape(a))")
    }
    let trailing = [Int](repeating: 1, count: rank - first - shape.count)
    return try context.reshape(b, to: shape + trailing, role: "broadcast")
  }

  /// Pow: the exponent's type may be another one since version 12, which changes nothing here.
  ///
  /// A real exponent of an integer is applied in float64.
  static let power = OperatorImporter(
    "Pow", since: [7, 1], attributes: broadcastAttributes, examples: binaryExamples
  ) { context throws(ImportFailure) in
    let base = try context.input(0)
    let exponent = try broadcastOperand(&context, beside: base)
    return [try context.emit(Binary(.power), [base, exponent])]
  }

  /// Mod: the remainder with the sign of the divisor, or, with `fmod`, of the dividend.
  static let modulo = OperatorImporter(
    "Mod", since: [10], attributes: [.int("fmod")], examples: [NodeExample([.computed(), .computed()])]
  ) { context throws(ImportFailure) in
    let isRemainder = try context.node.attributes.flag("fmod")
    let function: Binary.Function = isRemainder ? .remainder : .modulo
    return [try context.emit(Binary(function), [try context.input(0), try context.input(1)])]
  }

  /// BitShift to the left or to the right.
  static let bitShift = OperatorImporter(
    "BitShift", since: [11], attributes: [.word("direction", Direction.self)],
    examples: [NodeExample([.computed(), .computed()], [.word("direction", Direction.left)])]
  ) { context throws(ImportFailure) in
    let function: Binary.Function
    switch try context.node.attributes.word("direction", Direction.self) {
    case .left: function = .shiftLeft
    case .right: function = .shiftRight
    case nil: throw .malformed("the attribute direction is missing")
    }
    return [try context.emit(Binary(function), [try context.input(0), try context.input(1)])]
  }

  private enum Direction: String, AttributeWord {
    case left = "LEFT"
    case right = "RIGHT"
  }

  /// BitwiseNot: all bits of an integer, by exclusive or with all ones.
  static let bitwiseNot = OperatorImporter(
    "BitwiseNot", since: [18]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let ones = context.addConstant(Tensor(shape: [], integers: [-1], as: context.type(x).scalar), role: "ones")
    return [try context.emit(Binary(.bitwiseExclusiveOr), [x, ones])]
  }

  /// Sum, Max and Min of any number of operands, from left to right.
  static func chain(_ name: String, _ function: Binary.Function) -> OperatorImporter {
    OperatorImporter(name, since: [6], examples: [NodeExample([.computed(), .computed()])]) {
      context throws(ImportFailure) in
      [try accumulated(&context, function, isWholeResult: true)]
    }
  }

  /// Mean: the sum divided by the number of operands.
  static let mean = OperatorImporter(
    "Mean", since: [6], examples: [NodeExample([.computed(), .computed()])]
  ) { context throws(ImportFailure) in
    let sum = try accumulated(&context, .add, isWholeResult: false)
    let count = context.node.inputs.count
    guard count > 1 else { return [sum] }
    let divisor = context.addScalar(Double(count), context.type(sum).scalar, role: "count")
    return [try context.emit(Binary(.divide), [sum, divisor])]
  }

  private static func accumulated(
    _ context: inout ImportContext, _ function: Binary.Function, isWholeResult: Bool
  ) throws(ImportFailure) -> ValueID {
    var result = try context.input(0)
    let last = context.node.inputs.count - 1
    for index in context.node.inputs.indices.dropFirst() {
      let role = isWholeResult && index == last ? nil : "\(index)"
      result = try context.emit(Binary(function), [result, try context.input(index)], role: role)
    }
    return result
  }

  static let select = OperatorImporter(
    "Where", since: [9], examples: [NodeExample([.computed([1, 4, 1, 6], .bool), .computed(), .computed()])]
  ) { context throws(ImportFailure) in
    [try context.emit(Select(), [try context.input(0), try context.input(1), try context.input(2)])]
  }

  /// Cast.
  ///
  /// Numbers of few bits are held in a wider type: what a conversion makes of others is rounded, or for integers cut off.
  static let cast = OperatorImporter(
    "Cast", since: [24, 19, 6], attributes: [.int("to"), .int("saturate"), .text("round_mode")],
    examples: [NodeExample([.computed()], [.int("to", 1)])]
  ) { context throws(ImportFailure) in
    guard let type = try context.node.attributes.int("to") else { throw .malformed("the attribute 'to' is missing") }
    return [
      try converted(&context, to: try ScalarType(widening: type), narrow: NarrowElementType(dataType: type))
    ]
  }

  /// CastLike, likewise.
  static let castLike = OperatorImporter(
    "CastLike", since: [24, 19, 15], attributes: [.int("saturate"), .text("round_mode")],
    examples: [NodeExample([.computed(), .computed([1], .float32)])]
  ) { context throws(ImportFailure) in
    let like = try context.input(1)
    return [try converted(&context, to: context.type(like).scalar, narrow: context.narrowTypes[like])]
  }

  private static func converted(
    _ context: inout ImportContext, to scalar: ScalarType, narrow: NarrowElementType?
  ) throws(ImportFailure) -> ValueID {
    let x = try context.input(0)
    let saturates = try context.node.attributes.int("saturate", default: 1) != 0
    let rounding = try context.node.attributes.text("round_mode") ?? "up"
    if let narrow {
      guard context.narrowTypes[x] != narrow else { return x }
      return try NarrowConversion(to: narrow, saturates: saturates, rounding: rounding).apply(to: x, &context)
    }
    if context.narrowTypes[x] != nil, context.type(x).scalar == scalar {
      // The same numbers, but no longer of the narrow type.
      return try context.forgetting(x)
    }
    let result = context.type(x).scalar == scalar ? x : try context.emit(Cast(to: scalar), [x])
    if result != x { context.narrowTypes[result] = nil }
    return result
  }
}
