import KilnGraph

/// Reductions of a moving window, and of all spatial axes.
enum PoolingOperators {
  /// MaxPool, versions 1 to 22; its second output, the indices, since 8.
  static let maximum: OperatorImporter = { context throws(ImportFailure) in
    let wantsIndices = context.node.wantsOutput(1)
    let isColumnMajor = try context.node.attributes.flag("storage_order")
    let kind: Pool.Kind = wantsIndices ? .maximumWithIndices(columnMajor: isColumnMajor) : .maximum
    return try pool(&context, kind)
  }

  /// AveragePool, versions 1 to 22.
  static let average: OperatorImporter = { context throws(ImportFailure) in
    try pool(&context, .average(countsPadding: try context.node.attributes.flag("count_include_pad")))
  }

  /// LpPool, versions 2 to 22.
  static let norm: OperatorImporter = { context throws(ImportFailure) in
    let p = try context.node.attributes.int("p", default: 2)
    guard p > 0 else { throw .malformed("the attribute p is \(p)") }
    return try pool(&context, .norm(p: Double(p)))
  }

  private static func pool(_ context: inout ImportContext, _ kind: Pool.Kind) throws(ImportFailure) -> [ValueID?] {
    let x = try context.input(0)
    let attributes = context.node.attributes
    let input = Array(context.shape(x).dropFirst(2))
    guard let kernel = try attributes.spatial("kernel_shape", rank: input.count, range: 1...1 << 30) else {
      throw .malformed("the attribute kernel_shape is missing")
    }
    let window = try attributes.resolvedWindow(kernel: kernel, input: input)
    let roundsUp = try attributes.flag("ceil_mode")
    return try context.emitAll(Pool(kind, window: window, roundsUp: roundsUp), [x])
  }

  /// GlobalAveragePool and GlobalMaxPool, versions 1 and 22.
  static func global(_ kind: Reduction.Kind) -> OperatorImporter {
    { context throws(ImportFailure) in [try global(&context, kind)] }
  }

  /// GlobalLpPool, versions 2 and 22, with the norms that are reductions.
  static let globalNorm: OperatorImporter = { context throws(ImportFailure) in
    switch try context.node.attributes.int("p", default: 2) {
    case 1: [try global(&context, .l1)]
    case 2: [try global(&context, .l2)]
    case let p: throw .unsupported("p is \(p); write it as Abs, Pow, ReduceSum and Pow")
    }
  }

  private static func global(_ context: inout ImportContext, _ kind: Reduction.Kind) throws(ImportFailure) -> ValueID {
    let x = try context.input(0)
    let rank = context.shape(x).count
    guard rank > 2 else { throw .malformed("its input \(context.shape(x)) has no spatial axis") }
    return try context.emit(Reduction(kind, axes: Array(2..<rank), keepsAxes: true), [x])
  }
}
