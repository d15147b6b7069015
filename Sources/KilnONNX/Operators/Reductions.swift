import KilnGraph

/// Operators that reduce axes, or normalise along them.
enum ReductionOperators {
  /// The Reduce operators. Axes are an attribute before `operandVersion`, an operand since.
  static func reduce(_ kind: Reduction.Kind, operandVersion: Int = 18) -> OperatorImporter {
    { context throws(ImportFailure) in
      let x = try context.input(0)
      let rank = context.shape(x).count
      let attributes = context.node.attributes
      let isOperand = context.node.version >= operandVersion
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

  /// ArgMax and ArgMin, versions 1 to 13.
  static func argument(findsMinimum: Bool) -> OperatorImporter {
    { context throws(ImportFailure) in
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

  /// Softmax and LogSoftmax. Before version 13 they normalise over all axes from one on together: over one axis of a
  /// matrix, to which the input is reshaped unless the others have a single element.
  static func softmax(isLogarithmic: Bool) -> OperatorImporter {
    { context throws(ImportFailure) in
      let x = try context.input(0)
      let shape = context.shape(x)
      let isOld = context.node.version < 13
      let given = try context.node.attributes.int("axis", default: isOld ? 1 : -1)
      // An old softmax of a vector has its default axis behind the last.
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
