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
    unpool,
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

  /// MaxUnpool: zeros, and each maximum at its index in the image that was pooled, counted over all images.
  ///
  /// A wanted output that is larger has zeros after that image's rows and columns.
  static let unpool = OperatorImporter(
    "MaxUnpool", since: [9], attributes: [.ints("kernel_shape"), .ints("pads"), .ints("strides")],
    constants: ["output shape"],
    examples: [
      NodeExample([.computed(), .computed([1, 4, 6, 6], .int64)], [.ints("kernel_shape", [2, 2])]),
      NodeExample(
        [.computed(), .computed([1, 4, 6, 6], .int64), .integers([1, 4, 14, 13])],
        [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2]), .ints("pads", [0, 0, 0, 0])]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let indices = try context.input(1)
    let input = context.shape(x)
    let rank = input.count - 2
    let attributes = context.node.attributes
    guard rank > 0, context.shape(indices) == input,
      let kernel = try attributes.spatial("kernel_shape", rank: rank, range: 1...1 << 20)
    else { throw .malformed("its kernel or its indices \(context.shape(indices)) don't fit its input \(input)") }
    let strides = try attributes.spatial("strides", rank: rank, range: 1...1 << 20)
    let pads = try attributes.spatial("pads", rank: 2 * rank, range: 0...1 << 20)
    var pooled = Array(input.prefix(2))
    for axis in 0..<rank {
      let padding = pads.map { $0[axis] + $0[axis + rank] } ?? 0
      pooled.append((input[axis + 2] - 1) * (strides?[axis] ?? 1) + kernel[axis] - padding)
    }
    let pooledType = try ImportFailure.wrap { () throws(OperatorError) in
      try TensorType.checked(context.type(x).scalar, pooled)
    }
    let shape = try context.optionalIntegers(2, "output shape") ?? pooled
    let end = zip(shape, pooled).map { $0 &- $1 }
    guard shape.count == pooled.count, end.allSatisfy({ (0...1 << 30).contains($0) }), end.prefix(2) == [0, 0] else {
      throw .malformed("its output shape \(shape) does not hold the pooled image \(pooled)")
    }
    let zero = Tensor(shape: [], integers: [0], as: pooledType.scalar)
    let zeros = try ConstantOperators.filled(&context, zero, shape: [pooledType.elementCount])
    let count = [input.elementCount]
    let operands = [
      zeros, try context.reshape(indices, to: count, role: "places"), try context.reshape(x, to: count, role: "maxima"),
    ]
    let placed = try context.emit(ScatterElements(axis: 0), operands, role: "placed")
    if end.allSatisfy({ $0 == 0 }) { return [try context.reshape(placed, to: pooled)] }
    let image = try context.reshape(placed, to: pooled, role: "image")
    return [try context.emit(Pad(begin: end.map { _ in 0 }, end: end, mode: .constant(0)), [image])]
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
