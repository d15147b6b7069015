import KilnGraph

/// Attention and the embedding of positions that goes with it, as products of matrices and Softmax.
enum AttentionOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    attention, rotaryEmbedding,
  ]

  /// Attention: `softmax(Q * transpose(K) * scale + bias) * V` for each head.
  ///
  /// A softmax is computed at least as exactly as `softmax_precision` asks for.
  static let attention = OperatorImporter(
    "Attention", since: [25, 23],
    attributes: [
      .int("is_causal"), .int("kv_num_heads"), .int("q_num_heads"), .int("qk_matmul_output_mode"), .float("scale"),
      .float("softcap"), .int("left_window_size"), .int("right_window_size"),
    ],
    ignoring: ["softmax_precision"],
    examples: [
      NodeExample([.computed([1, 2, 4, 8]), .computed([1, 2, 6, 8]), .computed([1, 2, 6, 8])]),
      NodeExample(
        [.computed([1, 4, 16]), .computed([1, 6, 16]), .computed([1, 6, 16])],
        [.int("q_num_heads", 2), .int("kv_num_heads", 2), .int("is_causal", 1)]),
    ]
  ) { context throws(ImportFailure) in
    try AttentionLayer(&context).emit(&context)
  }

  /// RotaryEmbedding: pairs of numbers turned by angles whose cosines and sines are given for each position.
  static let rotaryEmbedding = OperatorImporter(
    "RotaryEmbedding", since: [23],
    attributes: [.int("interleaved"), .int("num_heads"), .int("rotary_embedding_dim")],
    examples: [
      NodeExample([.computed([1, 2, 4, 8]), .computed([1, 4, 4]), .computed([1, 4, 4])]),
      NodeExample([.computed([1, 4, 16]), .computed([1, 4, 4]), .computed([1, 4, 4])], [.int("num_heads", 2)]),
    ]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    let x = try context.input(0)
    let shape = context.shape(x)
    var heads = x
    if shape.count == 3 {
      let count = try attributes.int("num_heads", default: 0)
      guard count > 0, shape[2] % count == 0 else {
        throw .malformed("its input \(shape) does not divide into \(count) heads")
      }
      heads = try context.reshape(x, to: [shape[0], shape[1], count, shape[2] / count], role: "heads")
    }
    let split = context.shape(heads)
    guard split.count == 4 else { throw .malformed("its input \(shape) has neither 3 nor 4 axes") }
    var turned = try attributes.int("rotary_embedding_dim", default: 0)
    if turned == 0 { turned = split[3] }
    guard turned > 0, turned % 2 == 0, turned <= split[3] else {
      throw .malformed("it turns \(turned) of the \(split[3]) numbers of a head")
    }
    // Heads come before positions where the input has four axes, after them where it has three.
    let sequence = shape.count == 4 ? split[2] : split[1]
    let column = shape.count == 4 ? [split[0], 1, sequence, turned / 2] : [split[0], sequence, 1, turned / 2]
    let cosine = try turning(&context, 1, "cosine", column)
    let sine = try turning(&context, 2, "sine", column)
    let isInterleaved = try attributes.flag("interleaved")
    func part(_ start: Int, _ count: Int, step: Int, _ role: String) throws(ImportFailure) -> ValueID {
      if start == 0, count == split[3] { return heads }
      let slice = Slice(
        starts: [0, 0, 0, start], counts: split.dropLast() + [count], steps: [1, 1, 1, step])
      return try context.emit(slice, [heads], role: role)
    }
    let step = isInterleaved ? 2 : 1
    let first = try part(0, turned / 2, step: step, "first")
    let second = try part(isInterleaved ? 1 : turned / 2, turned / 2, step: step, "second")
    func sum(
      _ function: Binary.Function, _ a: ValueID, _ b: ValueID, _ role: String
    ) throws(ImportFailure) -> ValueID {
      let left = try context.emit(Binary(.multiply), [first, a], role: "\(role)/first")
      let right = try context.emit(Binary(.multiply), [second, b], role: "\(role)/second")
      return try context.emit(Binary(function), [left, right], role: role)
    }
    var parts = [
      try sum(.subtract, cosine, sine, "real"), try sum(.add, sine, cosine, "imaginary"),
    ]
    if isInterleaved {
      let pair = split.dropLast() + [turned / 2, 1]
      for index in parts.indices {
        parts[index] = try context.reshape(parts[index], to: Array(pair), role: "pair\(index)")
      }
      let pairs = try context.emit(Concat(axis: 4), parts, role: "pairs")
      parts = [try context.reshape(pairs, to: split.dropLast() + [turned], role: "turned")]
    }
    if turned < split[3] { parts.append(try part(turned, split[3] - turned, step: 1, "rest")) }
    let result = parts.count == 1 ? parts[0] : try context.emit(Concat(axis: 3), parts, role: "joined")
    return [try context.reshape(result, to: shape)]
  }

  /// Cosines or sines, which positions pick if they are there, as a column beside the heads.
  private static func turning(
    _ context: inout ImportContext, _ index: Int, _ role: String, _ column: [Int]
  ) throws(ImportFailure) -> ValueID {
    var cache = try context.input(index)
    if let positions = context.optionalInput(3) {
      cache = try context.emit(Gather(axis: 0), [cache, positions], role: "\(role)/picked")
    }
    guard context.type(cache).elementCount == column.reduce(1, *) else {
      throw .malformed("its \(role)s \(context.shape(cache)) do not fit \(column)")
    }
    return try context.reshape(cache, to: column, role: role)
  }
}
