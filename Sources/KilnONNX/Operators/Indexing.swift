import KilnGraph

/// Operators that pick, order and place single elements.
enum IndexingOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    centerCropPad, cumulativeSum, gatherElements, gatherND, hardmax, oneHot, scatter, scatterElements, scatterND,
    topK, triangle,
  ]

  static let gatherElements = OperatorImporter(
    "GatherElements", since: [11], attributes: [.int("axis")],
    examples: [NodeExample([.computed([4, 4]), .computed([4, 4], .int64)])]
  ) { context throws(ImportFailure) in
    let operation = GatherElements(axis: try axis(context, default: 0))
    return [try context.emit(operation, [try context.input(0), try context.input(1)])]
  }

  static let gatherND = OperatorImporter(
    "GatherND", since: [12, 11], attributes: [.int("batch_dims")],
    examples: [NodeExample([.computed([4, 4]), .computed([2, 1], .int64)])]
  ) { context throws(ImportFailure) in
    let operation = GatherND(batchAxes: try context.node.attributes.int("batch_dims", default: 0))
    return [try context.emit(operation, [try context.input(0), try context.input(1)])]
  }

  static let scatterElements = OperatorImporter(
    "ScatterElements", since: [16, 11], attributes: [.int("axis"), reductionAttribute], examples: scatterExamples
  ) { context throws(ImportFailure) in
    try scatter(&context, reduction(context))
  }

  /// Scatter, as ScatterElements was called at first.
  static let scatter = OperatorImporter(
    "Scatter", since: [9], until: 10, attributes: [.int("axis")], examples: scatterExamples
  ) { context throws(ImportFailure) in
    try scatter(&context, .none)
  }

  private static let scatterExamples = [
    NodeExample([.computed([4, 4]), .computed([4, 4], .int64), .computed([4, 4])])
  ]

  private static func scatter(
    _ context: inout ImportContext, _ reduction: ScatterReduction
  ) throws(ImportFailure) -> [ValueID?] {
    let operation = ScatterElements(axis: try axis(context, default: 0), reduction: reduction)
    return [try context.emit(operation, [try context.input(0), try context.input(1), try context.input(2)])]
  }

  static let scatterND = OperatorImporter(
    "ScatterND", since: [16, 11], attributes: [reductionAttribute],
    examples: [NodeExample([.computed([4, 4]), .computed([2, 1], .int64), .computed([2, 4])])]
  ) { context throws(ImportFailure) in
    let operation = ScatterND(reduction: try reduction(context))
    return [try context.emit(operation, [try context.input(0), try context.input(1), try context.input(2)])]
  }

  /// Hardmax: 1 at the first largest element along an axis; before version 13 all axes from one on are taken together.
  static let hardmax = OperatorImporter(
    "Hardmax", since: [13, 1], attributes: [.int("axis")]
  ) { context throws(ImportFailure) in
    let isOld = !context.node.isSince(13)
    let x = try context.input(0)
    let shape = context.shape(x)
    let axis = try axis(context, default: isOld ? 1 : -1)
    let flat = isOld ? [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)] : shape
    let flatAxis = isOld ? 1 : axis
    let rows = try context.reshape(x, to: flat, role: "flat")
    let largest = try context.emit(
      ArgReduction(findsMinimum: false, axis: flatAxis, keepsAxis: false, selectsLast: false), [rows], role: "largest")
    let values = context.addConstant(
      Tensor(shape: [2], integers: [0, 1], as: context.type(x).scalar), role: "values")
    let marks = OneHot(axis: flatAxis, depth: flat[flatAxis])
    let isFlat = flat != shape
    let result = try context.emit(marks, [largest, values], role: isFlat ? "marks" : nil)
    return [try context.reshape(result, to: shape)]
  }

  /// CenterCropPad: a padding by amounts that may be negative; the odd element goes after.
  static let centerCropPad = OperatorImporter(
    "CenterCropPad", since: [18], attributes: [.ints("axes")], constants: ["shape"],
    examples: [NodeExample([.computed(), .integers([1, 4, 8, 3])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    let wanted = try context.integers(1, "shape")
    var axes = Array(shape.indices)
    if let given = try context.node.attributes.ints("axes") {
      _ = try context.normalized(given, rank: shape.count)
      axes = []
      for axis in given { axes.append(try context.normalized(axis, rank: shape.count)) }
    }
    guard wanted.count == axes.count, wanted.allSatisfy({ (0...1 << 40).contains($0) }) else {
      throw .malformed("its shape \(wanted.prefix(8)) does not fit \(axes.count) axes")
    }
    var pad = Pad(begin: shape.map { _ in 0 }, end: shape.map { _ in 0 }, mode: .constant(0))
    for (axis, extent) in zip(axes, wanted) {
      // Division rounds towards zero, so the smaller half is before whether elements are added or cropped.
      let added = extent - shape[axis]
      pad.begin[axis] = added / 2
      pad.end[axis] = added - added / 2
    }
    return [try context.emit(pad, [x])]
  }

  private static let reductionAttribute = OperatorAttribute.word("reduction", Reducing.self)

  private enum Reducing: String, AttributeWord {
    case none, add, mul, min, max
  }

  private static func reduction(_ context: ImportContext) throws(ImportFailure) -> ScatterReduction {
    switch try context.node.attributes.word("reduction", default: Reducing.none) {
    case .none: .none
    case .add: .add
    case .mul: .multiply
    case .min: .minimum
    case .max: .maximum
    }
  }

  /// TopK: the count is an attribute before version 10, an operand since.
  static let topK = OperatorImporter(
    "TopK", since: [11, 10, 1], attributes: [.int("axis"), .int("k"), .int("largest")], ignoring: ["sorted"],
    constants: ["count"],
    examples: [
      NodeExample(since: 10, [.computed(), .integers([2])], outputs: 2),
      NodeExample([.computed()], [.int("k", 2)], outputs: 2),
    ]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    let counts = context.node.isSince(10) ? try context.integers(1, "count") : try attributes.int("k").map { [$0] }
    guard let counts, counts.count == 1 else { throw .malformed("its count is not one number") }
    let takesLargest = try attributes.flag("largest", default: true)
    let operation = TopK(axis: try axis(context, default: -1), count: counts[0], takesLargest: takesLargest)
    return try context.emitAll(operation, [try context.input(0)])
  }

  static let oneHot = OperatorImporter(
    "OneHot", since: [9], attributes: [.int("axis")], constants: ["depth"],
    examples: [NodeExample([.computed([3], .int64), .constant([], 5, .int64), .constant([2])])]
  ) { context throws(ImportFailure) in
    let indices = try context.input(0)
    guard let depth = try context.optionalScalar(1, "depth"), (0...0x1p40).contains(depth) else {
      throw .malformed("its depth is missing or out of range")
    }
    let rank = context.shape(indices).count + 1
    let axis = try context.normalized(try context.node.attributes.int("axis", default: -1), rank: rank)
    return [try context.emit(OneHot(axis: axis, depth: Int(depth)), [indices, try context.input(2)])]
  }

  static let cumulativeSum = OperatorImporter(
    "CumSum", since: [11], attributes: [.int("exclusive"), .int("reverse")], constants: ["axis"],
    examples: [NodeExample([.computed(), .constant([], 1, .int64)])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let axes = try context.integers(1, "axis")
    guard axes.count == 1 else { throw .malformed("its axis is not one number") }
    let attributes = context.node.attributes
    let operation = CumulativeSum(
      axis: try context.normalized(axes[0], rank: context.shape(x).count),
      isExclusive: try attributes.flag("exclusive"), isReversed: try attributes.flag("reverse"))
    return [try context.emit(operation, [x])]
  }

  static let triangle = OperatorImporter(
    "Trilu", since: [14], attributes: [.int("upper")], constants: ["diagonal"]
  ) { context throws(ImportFailure) in
    let diagonals = try context.optionalIntegers(1, "diagonal") ?? [0]
    guard diagonals.count == 1 else { throw .malformed("its diagonal is not one number") }
    let keepsUpper = try context.node.attributes.flag("upper", default: true)
    return [try context.emit(Trilu(keepsUpper: keepsUpper, diagonal: diagonals[0]), [try context.input(0)])]
  }

  private static func axis(_ context: ImportContext, default value: Int) throws(ImportFailure) -> Int {
    let rank = context.shape(try context.input(0)).count
    return try context.normalized(try context.node.attributes.int("axis", default: value), rank: rank)
  }
}
