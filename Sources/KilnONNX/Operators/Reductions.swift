import KilnGraph

/// Operators that reduce axes, or normalise along them.
enum ReductionOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    argument("ArgMax", findsMinimum: false),
    argument("ArgMin", findsMinimum: true),
    softmax("LogSoftmax", isLogarithmic: true),
    reduce("ReduceL1", .l1),
    reduce("ReduceL2", .l2),
    reduce("ReduceLogSum", .logSum),
    reduce("ReduceLogSumExp", .logSumExp),
    reduce("ReduceMax", .maximum),
    reduce("ReduceMean", .mean),
    reduce("ReduceMin", .minimum),
    reduce("ReduceProd", .product),
    reduce("ReduceSum", .sum, operandVersion: 13),
    reduce("ReduceSumSquare", .sumOfSquares),
    softmax("Softmax", isLogarithmic: false),
  ]

  /// The Reduce operators.
  ///
  /// Axes are an attribute before `operandVersion`, an operand since.
  static func reduce(_ name: String, _ kind: Reduction.Kind, operandVersion: Int = 18) -> OperatorImporter {
    OperatorImporter(
      name, since: [operandVersion, 1],
      attributes: [.ints("axes"), .int("keepdims"), .int("noop_with_empty_axes")], constants: ["axes"],
      examples: [
        NodeExample(since: operandVersion, [.computed(), .integers([2, 3])]),
        NodeExample(since: operandVersion, [.computed()]),
        NodeExample([.computed()], [.ints("axes", [2, 3])]),
      ]
    ) { context throws(ImportFailure) in
      let x = try context.input(0)
      let rank = context.shape(x).count
      let attributes = context.node.attributes
      let isOperand = context.node.isSince(operandVersion)
      let given = isOperand ? try context.optionalIntegers(1, "axes") : try attributes.ints("axes")
      var axes = Array(0..<rank)
      if let given, !given.isEmpty {
        axes = try context.normalized(given, rank: rank)
      } else if try attributes.flag("noop_with_empty_axes") {
        return [x]
      }
      let keeps = try attributes.flag("keepdims", default: true)
      return [try context.emit(Reduction(kind, axes: axes, keepsAxes: keeps), [x])]
    }
  }

  /// ArgMax and ArgMin.
  static func argument(_ name: String, findsMinimum: Bool) -> OperatorImporter {
    OperatorImporter(
      name, since: [12, 1], attributes: [.int("axis"), .int("keepdims"), .int("select_last_index")]
    ) { context throws(ImportFailure) in
      let x = try context.input(0)
      let attributes = context.node.attributes
      let operation = ArgReduction(
        findsMinimum: findsMinimum,
        axis: try context.normalized(try attributes.int("axis", default: 0), rank: context.shape(x).count),
        keepsAxis: try attributes.flag("keepdims", default: true),
        selectsLast: try attributes.flag("select_last_index"))
      return [try context.emit(operation, [x])]
    }
  }

  /// Softmax and LogSoftmax.
  ///
  /// Before version 13 they normalise over all axes from one on together: over one axis of a matrix, to which the input
  /// is reshaped unless the others have a single element.
  static func softmax(_ name: String, isLogarithmic: Bool) -> OperatorImporter {
    OperatorImporter(name, since: [13, 1], attributes: [.int("axis")]) { context throws(ImportFailure) in
      let x = try context.input(0)
      let shape = context.shape(x)
      let isOld = !context.node.isSince(13)
      let given = try context.node.attributes.int("axis", default: isOld ? 1 : -1)
      // An old softmax of a vector has its default axis after the last.
      if isOld, given == shape.count { return [try joint(&context, x, from: given, isLogarithmic)] }
      let axis = try context.normalized(given, rank: shape.count)
      let isSingle = shape[(axis + 1)...].allSatisfy { $0 == 1 }
      if isOld, !isSingle { return [try joint(&context, x, from: axis, isLogarithmic)] }
      return [try context.emit(Softmax(axis: axis, isLogarithmic: isLogarithmic), [x])]
    }
  }

  private static func joint(
    _ context: inout ImportContext, _ x: ValueID, from axis: Int, _ isLogarithmic: Bool
  ) throws(ImportFailure) -> ValueID {
    let shape = context.shape(x)
    let matrix = [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
    let flat = try context.reshape(x, to: matrix, role: "matrix")
    let result = try context.emit(Softmax(axis: 1, isLogarithmic: isLogarithmic), [flat], role: "normalized")
    return try context.emit(Reshape(to: shape), [result])
  }
}
