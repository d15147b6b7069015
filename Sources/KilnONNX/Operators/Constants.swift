import KilnGraph

/// Operators whose results are known while importing.
enum ConstantOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    constant, constantOfShape, dropout, eyeLike, identity, range, shape, size,
  ]

  static let constant = OperatorImporter(
    "Constant", since: [12, 11, 1],
    attributes: [
      .tensor("value"), .float("value_float"), .floats("value_floats"), .int("value_int"), .ints("value_ints"),
      .sparseTensor("sparse_value"), .refused("value_string"), .refused("value_strings"),
    ],
    examples: [
      NodeExample(since: 12, [], [.float("value_float", 1)]),
      NodeExample(since: 12, [], [.floats("value_floats", [1])]),
      NodeExample(since: 12, [], [.int("value_int", 1)]),
      NodeExample(since: 12, [], [.ints("value_ints", [1])]),
      NodeExample(since: 11, [], [.sparseTensor("sparse_value")]),
      NodeExample([], [.tensor("value")]),
    ]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    for name in ["value_string", "value_strings"] where attributes.contains(refused: name) {
      throw .unsupported("its value is text; export the model without it")
    }
    let tensor: Tensor
    if let proto = try attributes.tensor("value") {
      return [try context.addConstant(proto, name: context.node.name)]
    } else if let proto = try attributes.sparseTensor("sparse_value") {
      tensor = try context.dense(proto)
    } else if let value = try attributes.float("value_float") {
      tensor = Tensor(shape: [], floats: [Float(value)])
    } else if let values = try attributes.floats("value_floats") {
      tensor = Tensor(shape: [values.count], floats: values)
    } else if let value = try attributes.int("value_int") {
      tensor = Tensor(shape: [], integers: [value])
    } else if let values = try attributes.ints("value_ints") {
      tensor = Tensor(shape: [values.count], integers: values)
    } else {
      throw .malformed("it has no value")
    }
    return [context.graph.addConstant(context.node.name, tensor)]
  }

  static let constantOfShape = OperatorImporter(
    "ConstantOfShape", since: [9], attributes: [.tensor("value")], constants: ["shape"],
    examples: [NodeExample([.integers([2, 3])])]
  ) { context throws(ImportFailure) in
    let shape = try context.integers(0, "shape")
    var value = Tensor(shape: [1], floats: [0])
    let proto = try context.node.attributes.tensor("value")
    if let proto { value = try context.decoder.tensor(proto) }
    guard value.elementCount == 1 else { throw .malformed("its value is \(value.type), not one number") }
    let result = try filled(&context, value, shape: shape)
    try context.countRows(of: result, from: 0) { $0.integers() }
    context.narrowTypes[result] = proto.flatMap { NarrowElementType(dataType: $0.dataType) }
    return [result]
  }

  /// A constant whose elements are all the one of `value`.
  static func filled(
    _ context: inout ImportContext, _ value: Tensor, shape: [Int]
  ) throws(ImportFailure) -> ValueID {
    let type = try checked(value.scalar, shape)
    try context.spend(type)
    let element = value.storage.bytes
    let storage = ByteStorage(count: type.byteCount) { memory in
      for offset in memory.indices { memory[offset] = element[offset % element.count] }
    }
    return context.graph.addConstant(context.node.name, Tensor(type: type, storage: storage))
  }

  private static func checked(_ scalar: ScalarType, _ shape: [Int]) throws(ImportFailure) -> TensorType {
    try ImportFailure.wrap { () throws(OperatorError) in try .checked(scalar, shape) }
  }

  /// Shape; `start` and `end` since version 15.
  static let shape = OperatorImporter(
    "Shape", since: [15, 1], attributes: [.int("start"), .int("end")]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    let attributes = context.node.attributes
    func limited(_ bound: Int) -> Int { min(max(bound < 0 ? bound + shape.count : bound, 0), shape.count) }
    let start = limited(try attributes.int("start", default: 0))
    let end = max(limited(try attributes.int("end", default: shape.count)), start)
    let extents = Array(shape[start..<end])
    return [
      context.addDimensions(Tensor(shape: [extents.count], integers: extents), of: x) {
        Tensor(shape: [extents.count], integers: Array($0[start..<end]))
      }
    ]
  }

  static let size = OperatorImporter(
    "Size", since: [1]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    return [
      context.addDimensions(Tensor(shape: [], integers: [context.type(x).elementCount]), of: x) {
        Tensor(shape: [], integers: [$0.elementCount])
      }
    ]
  }

  /// Range: `max(ceil((limit - start) / delta), 0)` numbers, each rounded once, whatever version 27's `stash_type` says.
  static let range = OperatorImporter(
    "Range", since: [11], ignoring: ["stash_type"], constants: ["start", "limit", "delta"],
    examples: [NodeExample([.constant([], 0), .constant([], 5), .constant([], 2)])]
  ) { context throws(ImportFailure) in
    let first = try context.constant(0, "start")
    guard let start = try context.optionalScalar(0, "start"), let limit = try context.optionalScalar(1, "limit"),
      let delta = try context.optionalScalar(2, "delta"), first.scalar != .bool
    else { throw .malformed("its start, limit or delta is missing or not a number") }
    let count = ((limit - start) / delta).rounded(.up)
    guard delta != 0, count.isFinite, count < 1e15 else {
      throw .malformed("it counts from \(start) to \(limit) by \(delta)")
    }
    let type = try checked(first.scalar, [max(Int(count), 0)])
    try context.spend(type)
    let tensor =
      if first.scalar.isFloatingPoint {
        Tensor(shape: type.shape, doubles: (0..<type.elementCount).map { start + Double($0) * delta }, as: first.scalar)
      } else {
        Tensor(
          shape: type.shape,
          integers: (0..<type.elementCount).map { Int(start) &+ $0 &* Int(delta) }, as: first.scalar)
      }
    let result = context.graph.addConstant(context.node.name, tensor)
    try context.countRows(of: result, from: 1) { limit in
      let count = ((limit.doubles()[0] - start) / delta).rounded(.up)
      return [max(Int(exactly: count) ?? 0, 0)]
    }
    return [result]
  }

  /// EyeLike: ones on a diagonal.
  static let eyeLike = OperatorImporter(
    "EyeLike", since: [9], attributes: [.int("k"), .int("dtype")], examples: [NodeExample([.computed([3, 3])])]
  ) { context throws(ImportFailure) in
    let like = context.type(try context.input(0))
    let diagonal = try context.node.attributes.int("k", default: 0)
    var scalar = like.scalar
    if let type = try context.node.attributes.int("dtype") { scalar = try ScalarType(dataType: type) }
    guard like.rank == 2 else { throw .malformed("its input \(like.shape) is not a matrix") }
    let type = try checked(scalar, like.shape)
    try context.spend(type)
    let (rows, columns) = (like.shape[0], like.shape[1])
    var elements = [Int](repeating: 0, count: type.elementCount)
    for row in 0..<rows {
      let (column, overflow) = row.addingReportingOverflow(diagonal)
      if !overflow, (0..<columns).contains(column) { elements[row * columns + column] = 1 }
    }
    return [context.graph.addConstant(context.node.name, Tensor(shape: like.shape, integers: elements, as: scalar))]
  }

  /// Identity: the value itself.
  static let identity = OperatorImporter(
    "Identity", since: [1]
  ) { context throws(ImportFailure) in [try context.anyInput(0)] }

  /// Dropout, which does nothing to a trained network; its mask is all ones.
  static let dropout = OperatorImporter(
    "Dropout", since: [12, 10, 6], ignoring: ["is_test", "ratio", "seed"], constants: ["training mode"],
    examples: [NodeExample([.computed()], outputs: 2)]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    if context.node.isSince(12), let trains = try context.optionalScalar(2, "training mode"), trains != 0 {
      throw .unsupported("it is in training mode; export the model in evaluation mode")
    }
    guard context.node.wantsOutput(1) else { return [x] }
    let scalar: ScalarType = context.node.isSince(10) ? .bool : context.type(x).scalar
    let one = Tensor(shape: [], integers: [1], as: scalar)
    return [x, try filled(&context, one, shape: context.shape(x))]
  }
}
