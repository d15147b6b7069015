import KilnGraph

/// Reductions of a moving window, and of all spatial axes.
enum PoolingOperators {
  /// MaxPool, versions 1 to 22; its second output, the indices, since 8.
  static let maximum: OperatorImporter = { context throws(ImportFailure) in
    let wantsIndices = context.node.wantsOutput(1)
    let isColumnMajor = try context.node.attributes.flag("storage_order")
    let kind: Pool.Kind = wantsIndices ? .maximumWithIndices(columnMajor: isColumnMajor) : .maximum
    return try context.emitAll(try pool(context, kind), [try context.input(0)])
  }

  /// AveragePool, versions 1 to 22.
  static let average: OperatorImporter = { context throws(ImportFailure) in
    let countsPadding = try context.node.attributes.flag("count_include_pad")
    return [try context.emit(try pool(context, .average(countsPadding: countsPadding)), [try context.input(0)])]
  }

  /// LpPool, versions 2 to 22.
  static let norm: OperatorImporter = { context throws(ImportFailure) in
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

  /// GlobalAveragePool and GlobalMaxPool, versions 1 and 22.
  static func global(_ kind: Reduction.Kind) -> OperatorImporter {
    { context throws(ImportFailure) in [try context.emit(try global(context, kind), [try context.input(0)])] }
  }

  /// GlobalLpPool, versions 2 and 22, with the norms that are reductions.
  static let globalNorm: OperatorImporter = { context throws(ImportFailure) in
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
