import KilnGraph

/// Operators that take parts of tensors, or put them together.
enum SelectionOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    concat, depthToSpace, gather, pad, slice, spaceToDepth, split,
  ]

  static let concat = OperatorImporter(
    "Concat", since: [4], attributes: [.int("axis")],
    examples: [NodeExample([.computed(), .computed()], [.int("axis", 1)])]
  ) { context throws(ImportFailure) in
    guard let axis = try context.node.attributes.int("axis") else { throw .malformed("the attribute axis is missing") }
    let first = try context.input(0)
    var inputs: [ValueID?] = []
    for index in context.node.inputs.indices { inputs.append(try context.input(index)) }
    let rank = context.shape(first).count
    if inputs.count == 1 { return inputs }
    return [try context.emit(Concat(axis: try context.normalized(axis, rank: rank)), inputs)]
  }

  /// Split: the parts are an attribute before version 13, an operand since, or equal ones, of which version 18 makes the
  /// last one smaller where the extent does not divide.
  static let split = OperatorImporter(
    "Split", since: [18, 13, 2], attributes: [.int("axis"), .ints("split"), .int("num_outputs")], constants: ["split"],
    examples: [NodeExample([.computed()], [.int("axis", 1)], outputs: 2)]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    let attributes = context.node.attributes
    let axis = try context.normalized(try attributes.int("axis", default: 0), rank: shape.count)
    let given = context.node.isSince(13) ? try context.optionalIntegers(1, "split") : try attributes.ints("split")
    let parts: [Int]
    if let given, !given.isEmpty || context.node.outputs.isEmpty {
      parts = given
    } else {
      let count = try attributes.int("num_outputs") ?? context.node.outputs.count
      guard count > 0, count == context.node.outputs.count else {
        throw .malformed("it splits into \(count) parts but has \(context.node.outputs.count) outputs")
      }
      guard context.node.isSince(18) || shape[axis] % count == 0 else {
        throw .malformed("axis \(axis) of \(shape) does not divide into \(count) equal parts")
      }
      let size = shape[axis].dividedRoundingUp(by: count)
      parts = (0..<count).map { max(min(size, shape[axis] - $0 * size), 0) }
    }
    var rest = shape[axis]
    for part in parts {
      guard (0...rest).contains(part) else {
        throw .malformed("its parts \(parts.prefix(8)) do not add up to axis \(axis) of \(shape)")
      }
      rest -= part
    }
    guard rest == 0 else { throw .malformed("its parts \(parts.prefix(8)) do not fill axis \(axis) of \(shape)") }
    var starts = [Int](repeating: 0, count: shape.count)
    var counts = shape
    var results: [ValueID?] = []
    for (index, part) in parts.enumerated() {
      counts[axis] = part
      let role = parts.count == 1 ? nil : "\(index)"
      results.append(try context.emit(Slice(starts: starts, counts: counts), [x], role: role))
      starts[axis] += part
    }
    return results
  }

  /// Slice: bounds are attributes before version 10, operands since, with steps.
  static let slice = OperatorImporter(
    "Slice", since: [10, 1], attributes: [.ints("starts"), .ints("ends"), .ints("axes")],
    constants: ["starts", "ends", "axes", "steps"],
    examples: [
      NodeExample(since: 10, [.computed(), .integers([1]), .integers([3]), .integers([1])]),
      NodeExample([.computed()], [.ints("starts", [1]), .ints("ends", [3]), .ints("axes", [1])]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let shape = context.shape(x)
    let attributes = context.node.attributes
    let isOld = !context.node.isSince(10)
    guard let starts = isOld ? try attributes.ints("starts") : try context.optionalIntegers(1, "starts"),
      let ends = isOld ? try attributes.ints("ends") : try context.optionalIntegers(2, "ends")
    else { throw .malformed("its starts or its ends are missing") }
    let givenAxes = isOld ? try attributes.ints("axes") : try context.optionalIntegers(3, "axes")
    let steps = isOld ? nil : try context.optionalIntegers(4, "steps")
    let axes = givenAxes ?? Array(starts.indices)
    guard ends.count == starts.count, axes.count == starts.count, (steps ?? starts).count == starts.count else {
      throw .malformed("its starts, ends, axes and steps differ in number")
    }
    _ = try context.normalized(axes, rank: shape.count)
    var slice = Slice(starts: shape.map { _ in 0 }, counts: shape)
    for (index, given) in axes.enumerated() {
      let axis = try context.normalized(given, rank: shape.count)
      let isComputed = context.optionalInput(1).map { context.shorterConstants[$0] != nil } ?? false
      let fromEnd = starts[index] < 0 || ends[index] < 0 || isComputed
      if fromEnd, context.countedRows[x]?.axis == axis { throw context.mixed(x) }
      let range = try SliceRange(
        start: starts[index], end: ends[index], step: steps?[index] ?? 1, extent: shape[axis])
      slice.starts[axis] = range.start
      slice.counts[axis] = range.count
      slice.steps[axis] = range.step
    }
    let isWhole = slice.counts == shape && slice.steps.allSatisfy { $0 == 1 }
    return [isWhole ? x : try context.emit(slice, [x])]
  }

  static let gather = OperatorImporter(
    "Gather", since: [1], attributes: [.int("axis")],
    examples: [NodeExample([.computed(), .computed([2], .int64)], [.int("axis", 1)])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let axis = try context.normalized(
      try context.node.attributes.int("axis", default: 0), rank: context.shape(x).count)
    let indices = try context.input(1)
    let extent = context.shape(x)[axis]
    if let known = context.constant(indices), !known.scalar.isFloatingPoint,
      let wrong = known.integers().first(where: { !(-extent..<extent).contains($0) })
    {
      throw .malformed("its index \(wrong) is outside axis \(axis) of \(context.shape(x))")
    }
    if context.countedRows[x]?.axis == axis, let known = context.constant(indices),
      known.integers().contains(where: { $0 < 0 })
    {
      throw context.mixed(x)
    }
    return [try context.emit(Gather(axis: axis), [x, indices])]
  }

  /// Pad: amounts are attributes before version 11, operands since, for some axes only since 18.
  static let pad = OperatorImporter(
    "Pad", since: [18, 11, 2],
    attributes: [.word("mode", PadMode.self), .ints("pads"), .float("value")],
    constants: ["pads", "constant value", "axes"],
    examples: [
      NodeExample(since: 11, [.computed(), .integers([0, 0, 1, 1, 0, 0, 1, 1])]),
      NodeExample([.computed()], [.ints("pads", [0, 0, 1, 1, 0, 0, 1, 1])]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let rank = context.shape(x).count
    let attributes = context.node.attributes
    let isOld = !context.node.isSince(11)
    guard let pads = isOld ? try attributes.ints("pads") : try context.optionalIntegers(1, "pads") else {
      throw .malformed("its pads are missing")
    }
    let value = isOld ? try attributes.float("value") : try context.optionalScalar(2, "constant value")
    var axes = Array(0..<rank)
    if context.node.isSince(18), let given = try context.optionalIntegers(3, "axes") {
      _ = try context.normalized(given, rank: rank)
      axes = []
      for axis in given { axes.append(try context.normalized(axis, rank: rank)) }
    }
    guard pads.count == 2 * axes.count, pads.allSatisfy({ (-1 << 40...1 << 40).contains($0) }) else {
      throw .malformed("its pads \(pads.prefix(8)) do not fit \(axes.count) axes")
    }
    let mode: Pad.Mode =
      switch try attributes.word("mode", default: PadMode.constant) {
      case .constant: .constant(value ?? 0)
      case .reflect: .reflect
      case .edge: .edge
      case .wrap: .wrap
      }
    var begin = [Int](repeating: 0, count: rank)
    var end = begin
    for (index, axis) in axes.enumerated() {
      begin[axis] = pads[index]
      end[axis] = pads[index + axes.count]
    }
    let operation = Pad(begin: begin, end: end, mode: mode)
    if case .constant(let value) = mode, let rows = context.countedRows[x], begin[rows.axis] == 0, !isOld,
      let place = axes.firstIndex(of: rows.axis), let amounts = context.optionalInput(1),
      let shorter = context.shorterConstants[amounts]
    {
      // As much is added as there is less: the result has one length, whatever the data say.
      let added = shorter.tensor.integers()[place + axes.count] &- pads[place + axes.count]
      guard added > 0, added &* shorter.extent == context.shape(x)[rows.axis] else { throw context.mixed(x) }
      let filled = try context.filled(x, rows, with: value)
      return [try context.emit(operation, [filled])]
    }
    return [try context.emit(operation, [x])]
  }

  static let depthToSpace = OperatorImporter(
    "DepthToSpace", since: [11, 1], attributes: [.int("blocksize"), .word("mode", DepthToSpaceMode.self)],
    examples: [NodeExample([.computed()], [.int("blocksize", 2)])]
  ) { context throws(ImportFailure) in
    let isOuter = try context.node.attributes.word("mode", default: DepthToSpaceMode.blockFirst) == .channelFirst
    let operation = DepthToSpace(block: try block(context), channelIsOuter: isOuter)
    return [try context.emit(operation, [try context.input(0)])]
  }

  /// SpaceToDepth; since version 28 the channels may hold channel and block the other way round.
  static let spaceToDepth = OperatorImporter(
    "SpaceToDepth", since: [28, 1], attributes: [.int("blocksize"), .word("mode", DepthToSpaceMode.self)],
    examples: [NodeExample([.computed()], [.int("blocksize", 2)])]
  ) { context throws(ImportFailure) in
    let operation = SpaceToDepth(block: try block(context))
    let x = try context.input(0)
    guard try context.node.attributes.word("mode", default: DepthToSpaceMode.blockFirst) == .channelFirst else {
      return [try context.emit(operation, [x])]
    }
    let blocks = try context.emit(operation, [x], role: "blocks")
    let (shape, channels) = (context.shape(blocks), context.shape(x)[1])
    let area = operation.block * operation.block
    let split = try context.reshape(blocks, to: [shape[0], area, channels, shape[2], shape[3]], role: "split")
    let turned = try context.emit(Transpose([0, 2, 1, 3, 4]), [split], role: "turned")
    return [try context.emit(Reshape(to: shape), [turned])]
  }

  private enum PadMode: String, AttributeWord {
    case constant, reflect, edge, wrap
  }

  /// In which order the channels of a DepthToSpace hold block and channel.
  private enum DepthToSpaceMode: String, AttributeWord {
    case blockFirst = "DCR"
    case channelFirst = "CRD"
  }

  private static func block(_ context: ImportContext) throws(ImportFailure) -> Int {
    guard let block = try context.node.attributes.int("blocksize"), (1...1 << 20).contains(block) else {
      throw .malformed("the attribute blocksize is missing or out of range")
    }
    return block
  }
}

/// A range of indices as Slice describes it, made explicit.
struct SliceRange {
  let start: Int
  let count: Int
  let step: Int

  /// Negative bounds count from the end; then both are limited to the axis.
  ///
  /// Source: ONNX Slice 13.
  init(start: Int, end: Int, step: Int, extent: Int) throws(ImportFailure) {
    guard step != 0 else { throw .malformed("a step is 0") }
    // A longer step reaches the same one element.
    let step = min(max(step, -extent - 1), extent + 1)
    func limited(_ bound: Int, _ range: ClosedRange<Int>) -> Int {
      min(max(bound < 0 ? bound + extent : bound, range.lowerBound), range.upperBound)
    }
    if step > 0 {
      let first = limited(start, 0...extent)
      let last = limited(end, 0...extent)
      count = max((last - first + step - 1) / step, 0)
      self.start = count == 0 ? 0 : first
    } else {
      let first = extent == 0 ? -1 : limited(start, 0...extent - 1)
      let last = extent == 0 ? -1 : limited(end, -1...extent - 1)
      count = max((first - last - step - 1) / -step, 0)
      self.start = count == 0 ? 0 : first
    }
    self.step = count == 0 ? 1 : step
  }
}
