import KilnGraph

/// An attention with its operands as `[batch, heads, sequence, size]`.
///
/// Source: ONNX Attention 23 to 25.
struct AttentionLayer {
  private let query: ValueID
  /// With those before them.
  private let (keys, values): (ValueID, ValueID)
  /// Whether operands and result have their heads in the last axis.
  private let isFlat: Bool
  /// Keys before the first query's own.
  private let pastCount: Int
  /// Numbers of keys that aren't padding, one for each item of the batch.
  private let keyCounts: ValueID?

  private let (batch, heads, queryCount, keyCount): (Int, Int, Int, Int)

  /// Reads the node at hand, and puts keys and values together.
  init(_ context: inout ImportContext) throws(ImportFailure) {
    let attributes = context.node.attributes
    let inputs = [try context.input(0), try context.input(1), try context.input(2)]
    let ranks = Set(inputs.map { context.shape($0).count })
    guard ranks == [3] || ranks == [4] else {
      throw .malformed("its operands \(inputs.map(context.shape)) have neither 3 nor 4 axes each")
    }
    isFlat = ranks == [3]
    var operands = inputs
    if isFlat {
      let (queryHeads, otherHeads) = (
        try attributes.int("q_num_heads", default: 0), try attributes.int("kv_num_heads", default: 0)
      )
      for (index, count) in [queryHeads, otherHeads, otherHeads].enumerated() {
        let shape = context.shape(inputs[index])
        guard count > 0, shape[2] % count == 0 else {
          throw .malformed("its operand \(shape) does not divide into \(count) heads")
        }
        let split = try context.reshape(
          inputs[index], to: [shape[0], shape[1], count, shape[2] / count], role: "heads\(index)")
        operands[index] = try context.emit(Transpose([0, 2, 1, 3]), [split], role: "headsFirst\(index)")
      }
    }
    query = operands[0]
    var past = 0
    for (index, name) in [(1, "keys"), (2, "values")] {
      guard let before = context.optionalInput(index + 3) else { continue }
      let shape = context.shape(before)
      guard shape.count == 4 else { throw .malformed("its past \(name) \(shape) do not have 4 axes") }
      past = shape[2]
      operands[index] = try context.emit(Concat(axis: 2), [before, operands[index]], role: name)
    }
    pastCount = past
    (keys, values) = (operands[1], operands[2])
    keyCounts = context.optionalInput(6)
    let (shape, keyShape, valueShape) = (context.shape(query), context.shape(keys), context.shape(values))
    (batch, heads, queryCount, keyCount) = (shape[0], shape[1], shape[2], keyShape[2])
    guard shape[0] == keyShape[0], shape[3] == keyShape[3], keyShape[1] > 0, shape[1] % keyShape[1] == 0,
      valueShape[..<3] == keyShape[..<3]
    else {
      throw .malformed("its queries \(shape), keys \(keyShape) and values \(valueShape) do not fit each other")
    }
    if let keyCounts, context.shape(keyCounts) != [batch] {
      throw .malformed("its numbers of keys \(context.shape(keyCounts)) are not one for each of \(batch) items")
    }
  }

  /// Adds its nodes.
  ///
  /// - Returns: the result, keys and values with those before them, and what the attribute `qk_matmul_output_mode` names.
  func emit(_ context: inout ImportContext) throws(ImportFailure) -> [ValueID?] {
    let attributes = context.node.attributes
    let size = context.shape(query)[3]
    let scale = try attributes.float("scale", default: 1 / Double(max(size, 1)).squareRoot())
    guard scale >= 0, scale.isFinite else { throw .malformed("its scale is \(scale)") }
    let root = scalar(scale.squareRoot(), "scale", &context)
    let scaledQuery = try context.emit(Binary(.multiply), [query, root], role: "scaledQueries")
    let scaledKeys = try context.emit(Binary(.multiply), [keys, root], role: "scaledKeys")
    let columns = try context.emit(
      Transpose([0, 1, 3, 2]), [try repeated(scaledKeys, "keyHeads", &context)], role: "keyColumns")
    var stages: [ValueID] = []
    var scores = try context.emit(MatMul(), [scaledQuery, columns], role: "scores")
    stages.append(scores)
    let cap = try attributes.float("softcap", default: 0)
    if cap > 0 {
      let limit = scalar(cap, "cap", &context)
      let part = try context.emit(Binary(.divide), [scores, limit], role: "capped/part")
      let bent = try context.emit(Unary(.tanh), [part], role: "capped/bent")
      scores = try context.emit(Binary(.multiply), [bent, limit], role: "capped")
    }
    stages.append(scores)
    let bias = try bias(&context)
    if let bias { scores = try context.emit(Binary(.add), [scores, bias], role: "biased") }
    stages.append(scores)
    var weights = try context.emit(Softmax(axis: 3), [scores], role: "weights")
    if let bias, let isEmpty = try emptyRows(bias, &context) {
      weights = try context.emit(Select(), [isEmpty, scalar(0, "zero", &context), weights], role: "guarded")
    }
    stages.append(weights)
    let heads = try repeated(values, "valueHeads", &context)
    let mode = try attributes.int("qk_matmul_output_mode", default: 0)
    guard stages.indices.contains(mode) else { throw .malformed("the attribute qk_matmul_output_mode is \(mode)") }
    guard isFlat else { return [try context.emit(MatMul(), [weights, heads]), keys, values, stages[mode]] }
    let product = try context.emit(MatMul(), [weights, heads], role: "product")
    let shape = context.shape(product)
    let rows = try context.emit(Transpose([0, 2, 1, 3]), [product], role: "rows")
    return [
      try context.emit(Reshape(to: [shape[0], shape[2], shape[1] * shape[3]]), [rows]), keys, values, stages[mode],
    ]
  }

  private func scalar(_ number: Double, _ role: String, _ context: inout ImportContext) -> ValueID {
    context.addScalar(number, context.type(query).scalar, role: role)
  }

  /// Keys or values with a head for each of the queries' heads: neighbouring ones share one.
  private func repeated(
    _ value: ValueID, _ role: String, _ context: inout ImportContext
  ) throws(ImportFailure) -> ValueID {
    let shape = context.shape(value)
    if shape[1] == heads { return value }
    let column = try context.reshape(value, to: [shape[0], shape[1], 1, shape[2], shape[3]], role: "\(role)/one")
    let wide = Expand(to: [shape[0], shape[1], heads / shape[1], shape[2], shape[3]])
    let copies = try context.emit(wide, [column], role: "\(role)/copies")
    return try context.reshape(copies, to: [shape[0], heads, shape[2], shape[3]], role: role)
  }

  // MARK: Which keys count

  /// What is added to the scores: `-infinity` where a key doesn't count; `nil` where all do.
  private func bias(_ context: inout ImportContext) throws(ImportFailure) -> ValueID? {
    var parts: [ValueID] = []
    if let mask = context.optionalInput(3) { parts.append(try maskBias(mask, &context)) }
    let attributes = context.node.attributes
    let isCausal = try attributes.flag("is_causal")
    let before = try attributes.int("left_window_size", default: -1)
    var after = try attributes.int("right_window_size", default: -1)
    guard before >= -1, after >= -1 else { throw .malformed("its window is from -\(before) to \(after)") }
    if isCausal { after = 0 }
    if before >= 0 || after >= 0 { parts.append(try windowBias(before: before, after: after, &context)) }
    if let counts = try countColumn(&context) {
      try context.spend(TensorType(.int64, [keyCount]))
      let numbers = context.addConstant(
        Tensor(shape: [keyCount], integers: Array(0..<keyCount)), role: "keyNumbers")
      parts.append(try choice(.less, numbers, counts, "padding", &context))
    }
    guard var bias = parts.first else { return nil }
    for (index, part) in parts.enumerated().dropFirst() {
      bias = try context.emit(Binary(.add), [bias, part], role: "bias\(index)")
    }
    return bias
  }

  /// The bias of a mask: its own numbers, or of truth values; keys that it says nothing of don't count.
  private func maskBias(_ mask: ValueID, _ context: inout ImportContext) throws(ImportFailure) -> ValueID {
    var mask = mask
    let (shape, isTruth) = (context.shape(mask), context.type(mask).scalar == .bool)
    guard let known = shape.last, (1...4).contains(shape.count), known <= keyCount else {
      throw .malformed("its mask \(shape) does not fit \(keyCount) keys")
    }
    if known < keyCount {
      let pad = Pad(
        begin: shape.map { _ in 0 }, end: shape.dropLast().map { _ in 0 } + [keyCount - known],
        mode: .constant(isTruth ? 0 : -.infinity))
      mask = try context.emit(pad, [mask], role: "mask")
    }
    guard isTruth else { return mask }
    let choices = [scalar(0, "counts", &context), scalar(-.infinity, "doesNotCount", &context)]
    return try context.emit(Select(), [mask] + choices, role: "maskBias")
  }

  /// The bias of a window: a query at place `p` sees the keys from `p - before` to `p + after`, of which -1 is no limit.
  private func windowBias(
    before: Int, after: Int, _ context: inout ImportContext
  ) throws(ImportFailure) -> ValueID {
    let type = try ImportFailure.wrap { () throws(OperatorError) in
      try TensorType.checked(.int64, [queryCount, keyCount])
    }
    try context.spend(type)
    /// How far each key is after each query if both begin at the same place.
    let distances = (0..<queryCount).flatMap { query in (0..<keyCount).map { $0 - query } }
    guard pastCount == 0, let counts = try countColumn(&context) else {
      let elements = distances.map { distance -> Double in
        let place = distance - pastCount
        return (before < 0 || place >= -before) && (after < 0 || place <= after) ? 0 : -.infinity
      }
      let bias = Tensor(shape: type.shape, doubles: elements, as: context.type(query).scalar)
      return context.addConstant(bias, role: "window")
    }
    // The last query is at the place of the last key that counts.
    let places = context.addConstant(
      Tensor(shape: type.shape, integers: distances.map { $0 + queryCount }), role: "distances")
    var result: ValueID?
    for (limit, isLess, role) in [(after, true, "after"), (before, false, "before")] where limit >= 0 {
      let amount = context.addConstant(
        Tensor(shape: [], integers: [isLess ? limit : -limit]), role: "\(role)/limit")
      let end = try context.emit(Binary(.add), [counts, amount], role: "\(role)/end")
      let part = try choice(isLess ? .lessOrEqual : .greaterOrEqual, places, end, role, &context)
      if let other = result {
        result = try context.emit(Binary(.add), [other, part], role: "window")
      } else {
        result = part
      }
    }
    guard let result else { throw .malformed("its window has no limit") }
    return result
  }

  /// The numbers of keys that count, as a column beside heads, queries and keys.
  private func countColumn(_ context: inout ImportContext) throws(ImportFailure) -> ValueID? {
    guard let keyCounts else { return nil }
    return try context.reshape(keyCounts, to: [batch, 1, 1, 1], role: "counts")
  }

  /// 0 where a comparison holds, `-infinity` elsewhere.
  private func choice(
    _ comparison: Binary.Function, _ a: ValueID, _ b: ValueID, _ role: String, _ context: inout ImportContext
  ) throws(ImportFailure) -> ValueID {
    let holds = try context.emit(Binary(comparison), [a, b], role: "\(role)/holds")
    let choices = [scalar(0, "\(role)/zero", &context), scalar(-.infinity, "\(role)/infinite", &context)]
    return try context.emit(Select(), [holds] + choices, role: "\(role)/bias")
  }

  /// Which queries see no key at all, so that their weights are zeros; `nil` when it is known that there are none.
  private func emptyRows(_ bias: ValueID, _ context: inout ImportContext) throws(ImportFailure) -> ValueID? {
    let type = context.type(bias)
    if let known = context.constant(bias) {
      let rows = known.doubles().chunked(by: max(type.shape.last ?? 1, 1))
      if rows.allSatisfy({ $0.contains { $0 != -.infinity } }) { return nil }
    }
    let largest = try context.emit(
      Reduction(.maximum, axes: [type.rank - 1], keepsAxes: true), [bias], role: "largestBias")
    return try context.emit(
      Binary(.equal), [largest, scalar(-.infinity, "infinite", &context)], role: "isEmpty")
  }
}

extension [Double] {
  /// Its elements in runs of `count`.
  fileprivate func chunked(by count: Int) -> [ArraySlice<Double>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
