import KilnGraph

/// Functions of two numbers, and of several by chains of those.
enum ArithmeticOperators {
  /// The importer of an operator with two operands.
  static func binary(_ function: Binary.Function) -> OperatorImporter {
    { context throws(ImportFailure) in
      let a = try context.input(0)
      let b = try broadcastOperand(&context, beside: a)
      return [try context.emit(Binary(function), [a, b])]
    }
  }

  /// The second operand. Before version 7 it was broadcast only when `broadcast` said so, and `axis` said from which
  /// axis of the first operand on; reshaped, it means the same by today's rule.
  private static func broadcastOperand(
    _ context: inout ImportContext, beside a: ValueID
  ) throws(ImportFailure) -> ValueID {
    let b = try context.input(1)
    guard context.node.version < 7, try context.node.attributes.flag("broadcast"),
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

  /// Pow: the exponent's type is free since version 12. A real exponent of an integer is applied in float64.
  static let power: OperatorImporter = { context throws(ImportFailure) in
    let base = try context.input(0)
    let exponent = try broadcastOperand(&context, beside: base)
    return [try context.emit(Binary(.power), [base, exponent])]
  }

  /// Mod, versions 10 and 13.
  static let modulo: OperatorImporter = { context throws(ImportFailure) in
    let isRemainder = try context.node.attributes.flag("fmod")
    let function: Binary.Function = isRemainder ? .remainder : .modulo
    return [try context.emit(Binary(function), [try context.input(0), try context.input(1)])]
  }

  /// BitShift, version 11.
  static let bitShift: OperatorImporter = { context throws(ImportFailure) in
    let function: Binary.Function
    switch try context.node.attributes.string("direction") {
    case "LEFT": function = .shiftLeft
    case "RIGHT": function = .shiftRight
    case let other: throw .malformed("the attribute direction is '\(other ?? "")', not 'LEFT' or 'RIGHT'")
    }
    return [try context.emit(Binary(function), [try context.input(0), try context.input(1)])]
  }

  /// BitwiseNot, version 18: all bits of an integer, by exclusive or with all ones.
  static let bitwiseNot: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let ones = context.addConstant(Tensor(shape: [], integers: [-1], as: context.type(x).scalar), role: "ones")
    return [try context.emit(Binary(.bitwiseExclusiveOr), [x, ones])]
  }

  /// Sum, Max and Min of any number of operands, from left to right.
  static func chain(_ function: Binary.Function) -> OperatorImporter {
    { context throws(ImportFailure) in [try accumulated(&context, function, isWholeResult: true)] }
  }

  /// Mean: the sum divided by the number of operands.
  static let mean: OperatorImporter = { context throws(ImportFailure) in
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

  /// Where, versions 9 and 16.
  static let select: OperatorImporter = { context throws(ImportFailure) in
    [try context.emit(Select(), [try context.input(0), try context.input(1), try context.input(2)])]
  }

  /// Cast, versions 6 to 25. What differs between them concerns types that Kiln has not.
  static let cast: OperatorImporter = { context throws(ImportFailure) in
    guard let type = try context.node.attributes.int("to") else { throw .malformed("the attribute 'to' is missing") }
    return [try converted(&context, to: try ScalarType(dataType: type))]
  }

  /// CastLike, versions 15 to 25.
  static let castLike: OperatorImporter = { context throws(ImportFailure) in
    [try converted(&context, to: context.type(try context.input(1)).scalar)]
  }

  private static func converted(
    _ context: inout ImportContext, to scalar: ScalarType
  ) throws(ImportFailure) -> ValueID {
    let x = try context.input(0)
    return context.type(x).scalar == scalar ? x : try context.emit(Cast(to: scalar), [x])
  }
}
