import KilnGraph

/// Reductions of a moving window, and of all spatial axes.
enum PoolingOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    average,
    global("GlobalAveragePool", .mean),
    globalNorm,
    global("GlobalMaxPool", .maximum),
    norm,
    maximum,
  ]

  /// The attributes that poolings have in common.
  static let attributes = OperatorAttribute.window + [.ints("kernel_shape"), .int("ceil_mode")]

  /// MaxPool; its second output, the indices, since version 8.
  static let maximum = OperatorImporter(
    "MaxPool", since: [10, 8, 1], attributes: attributes + [.int("storage_order")],
    examples: [NodeExample([.computed()], [.ints("kernel_shape", [2, 2])])]
  ) { context throws(ImportFailure) in
    let wantsIndices = context.node.wantsOutput(1)
    let isColumnMajor = try context.node.attributes.flag("storage_order")
    let kind: Pool.Kind = wantsIndices ? .maximumWithIndices(columnMajor: isColumnMajor) : .maximum
    return try context.emitAll(try pool(context, kind), [try context.input(0)])
  }

  static let average = OperatorImporter(
    "AveragePool", since: [19, 10, 7, 1], attributes: attributes + [.int("count_include_pad")],
    examples: [NodeExample([.computed()], [.ints("kernel_shape", [2, 2])])]
  ) { context throws(ImportFailure) in
    let countsPadding = try context.node.attributes.flag("count_include_pad")
    return [try context.emit(try pool(context, .average(countsPadding: countsPadding)), [try context.input(0)])]
  }

  static let norm = OperatorImporter(
    "LpPool", since: [18, 2], attributes: attributes + [.int("p")],
    examples: [NodeExample([.computed()], [.ints("kernel_shape", [2, 2])])]
  ) { context throws(ImportFailure) in
    let p = try context.node.attributes.int("p", default: 2)
    guard p > 0 else { throw .malformed("the attribute p is \(p)") }
    return [try context.emit(try pool(context, .norm(p: Double(p))), [try context.input(0)])]
  }

  /// The pooling of the node's first operand that its attributes describe.
  static func pool(_ context: ImportContext, _ kind: Pool.Kind) throws(ImportFailure) -> Pool {
    let attributes = context.node.attributes
    let input = Array(context.shape(try context.input(0)).dropFirst(2))
    guard let kernel = try attributes.spatial("kernel_shape", rank: input.count, range: 1...1 << 30) else {
      throw .malformed("the attribute kernel_shape is missing")
    }
    let window = try attributes.resolvedWindow(kernel: kernel, input: input)
    let roundsUp = try attributes.flag("ceil_mode")
    return Pool(kind, window: window, roundsUp: roundsUp)
  }

  /// GlobalAveragePool and GlobalMaxPool.
  static func global(_ name: String, _ kind: Reduction.Kind) -> OperatorImporter {
    OperatorImporter(name, since: [1]) { context throws(ImportFailure) in
      [try context.emit(try global(context, kind), [try context.input(0)])]
    }
  }

  /// GlobalLpPool with the norms that are reductions.
  static let globalNorm = OperatorImporter(
    "GlobalLpPool", since: [2], attributes: [.int("p", "1, 2")]
  ) { context throws(ImportFailure) in
    let kind: Reduction.Kind
    switch try context.node.attributes.int("p", default: 2) {
    case 1: kind = .l1
    case 2: kind = .l2
    case let p: throw .unsupported("p is \(p); write it as Abs, Pow, ReduceSum and Pow")
    }
    return [try context.emit(try global(context, kind), [try context.input(0)])]
  }

  /// The reduction of the spatial axes of the node's first operand.
  static func global(_ context: ImportContext, _ kind: Reduction.Kind) throws(ImportFailure) -> Reduction {
    let shape = context.shape(try context.input(0))
    guard shape.count > 2 else { throw .malformed("its input \(shape) has no spatial axis") }
    return Reduction(kind, axes: Array(2..<shape.count), keepsAxes: true)
  }
}
