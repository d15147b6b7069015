import KilnGraph

/// Operators that change a tensor's dimensions and nothing else, or repeat it.
enum ShapeOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    expand, flatten, reshape, squeeze, tile, transpose, unsqueeze,
  ]

  /// Reshape: 0 keeps an extent unless `allowzero`, -1 takes what is left.
  static let reshape = OperatorImporter(
    "Reshape", since: [14, 5], attributes: [.int("allowzero")], constants: ["shape"],
    examples: [NodeExample([.computed(), .integers([4, -1])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let wanted = try context.integers(1, "shape")
    let shape = context.shape(x)
    let allowsZero = try context.node.attributes.flag("allowzero")
    guard wanted.count <= TensorType.maximumRank, wanted.count(where: { $0 == -1 }) <= 1 else {
      throw .malformed("its shape \(wanted.prefix(8)) is none")
    }
    var result: [Int] = []
    for (axis, extent) in wanted.enumerated() {
      if extent == 0, !allowsZero {
        guard shape.indices.contains(axis) else {
          throw .malformed("its shape \(wanted) keeps axis \(axis) of \(shape)")
        }
        result.append(shape[axis])
      } else {
        guard extent >= -1 else { throw .malformed("its shape \(wanted) has a negative extent") }
        result.append(extent)
      }
    }
    if let open = result.firstIndex(of: -1) {
      result[open] = 1
      let extents = result
      let known = try ImportFailure.wrap { () throws(OperatorError) in
        try TensorType.checked(.float32, extents).elementCount
      }
      let count = shape.elementCount
      guard known > 0 ? count % known == 0 : count == 0 else {
        throw .malformed("its input \(shape) can't be reshaped to \(wanted)")
      }
      result[open] = known > 0 ? count / known : 0
    }
    return [try context.emit(Reshape(to: result), [x])]
  }

  /// Flatten: to a matrix whose rows are the axes before `axis`.
  static let flatten = OperatorImporter(
    "Flatten", since: [1], attributes: [.int("axis")]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    let axis = try context.node.attributes.int("axis", default: 1)
    let split = axis < 0 ? axis &+ shape.count : axis
    guard (0...shape.count).contains(split) else { throw .malformed("its axis \(axis) is outside \(shape)") }
    let matrix = [shape[..<split].reduce(1, *), shape[split...].reduce(1, *)]
    return [try context.emit(Reshape(to: matrix), [x])]
  }

  /// Squeeze: axes are an attribute before version 13, an operand since; without, all extents of 1 go.
  static let squeeze = OperatorImporter(
    "Squeeze", since: [13, 1], attributes: [.ints("axes")], constants: ["axes"], examples: axesExamples
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    var axes = shape.indices.filter { shape[$0] == 1 }
    if let given = try axesOperand(context) { axes = try context.normalized(given, rank: shape.count) }
    if let wrong = axes.first(where: { shape[$0] != 1 }) {
      throw .malformed("it removes axis \(wrong) of \(shape), whose extent is not 1")
    }
    let removed = Set(axes)
    return [try context.emit(Reshape(to: shape.indices.filter { !removed.contains($0) }.map { shape[$0] }), [x])]
  }

  /// Unsqueeze: axes, counted in the result, are an attribute before version 13, an operand since.
  static let unsqueeze = OperatorImporter(
    "Unsqueeze", since: [13, 1], attributes: [.ints("axes")], constants: ["axes"], examples: axesExamples
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    guard let given = try axesOperand(context) else { throw .malformed("its axes are missing") }
    let rank = context.shape(x).count + given.count
    guard rank <= TensorType.maximumRank else { throw .malformed("it makes a tensor of \(rank) axes") }
    let added = Set(try context.normalized(given, rank: rank))
    var extents = context.shape(x).makeIterator()
    let shape = (0..<rank).map { added.contains($0) ? 1 : extents.next() ?? 1 }
    return [try context.emit(Reshape(to: shape), [x])]
  }

  private static let axesExamples = [
    NodeExample(since: 13, [.computed(), .integers([0])]), NodeExample([.computed()], [.ints("axes", [0])]),
  ]

  private static func axesOperand(_ context: ImportContext) throws(ImportFailure) -> [Int]? {
    context.node.isSince(13) ? try context.optionalIntegers(1, "axes") : try context.node.attributes.ints("axes")
  }

  static let transpose = OperatorImporter(
    "Transpose", since: [1], attributes: [.ints("perm")]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let rank = context.shape(x).count
    let permutation = try context.node.attributes.ints("perm") ?? Array((0..<rank).reversed())
    guard permutation.count == rank else {
      throw .malformed("the attribute perm \(permutation.prefix(8)) does not fit \(context.shape(x))")
    }
    return [try context.emit(Transpose(permutation), [x])]
  }

  /// Expand: both the input and the wanted shape may be the larger one along an axis.
  static let expand = OperatorImporter(
    "Expand", since: [8], constants: ["shape"], examples: [NodeExample([.computed(), .integers([2, 1, 1, 1])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let wanted = try context.integers(1, "shape")
    let given = context.shape(x)
    let shape = try ImportFailure.wrap { () throws(OperatorError) in try given.broadcast(with: wanted) }
    let isCounted = context.optionalInput(1).map { context.shorterConstants[$0] != nil } ?? false
    if shape == given && !isCounted { return [x] }
    let result = try context.emit(Expand(to: shape), [x])
    try context.countRows(of: result, from: 1) { $0.integers() }
    return [result]
  }

  static let tile = OperatorImporter(
    "Tile", since: [6], constants: ["repeats"], examples: [NodeExample([.computed(), .integers([1, 2, 1, 1])])]
  ) { context throws(ImportFailure) in
    [try context.emit(Tile(try context.integers(1, "repeats")), [try context.input(0)])]
  }
}
